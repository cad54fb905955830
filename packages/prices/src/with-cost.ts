import {
  type Cost,
  defineMiddleware,
  type FinishEvent,
  type GenerateResult,
  isLLMError,
  type LLMBackend,
  LLMError,
  mapStream,
  type ProviderMetadata,
  type StreamEvent,
  type Warning,
  type Wrapped,
  withErrorFacts,
} from "@llmux/core";
import { createPrices, type Prices, type PricesOptions } from "./create-prices.js";
import type { PricedCall } from "./priced-call.js";
import { reportedCost } from "./reported-cost.js";

export interface CostOptions extends PricesOptions {
  /** Prices that are made already, in place of `own` and `facts`. */
  prices?: Pick<Prices, "priceOf"> | undefined;
}

/**
 * Puts `cost` on every result and on the `finish` of every stream. Where the price is not known, `cost` stays `undefined` and a warning says so. Innermost
 * of the policies, next to the adapter, so that the others read it.
 *
 * @throws LLMError `invalid-request` for a price that is none
 */
export function withCost<B extends LLMBackend>(backend: B, options: CostOptions = {}): Wrapped<B> {
  const { prices, ...own } = options;
  if (prices && (own.own || own.facts))
    throw new LLMError({
      kind: "invalid-request",
      parameter: "prices",
      message: "prices takes the place of own and facts",
    });
  const pricing = new Pricing(prices ?? createPrices(own));
  return defineMiddleware({
    async generate(request, next) {
      const result = await next.generate(request).catch((error: unknown) => {
        throw pricing.chargeError(error);
      });
      return pricing.charge(result);
    },
    stream: (request, next) => pricing.chargeStream(next.stream(request)),
    embed: async (request, next) => pricing.charge(await next.embed(request)),
    rerank: async (request, next) => pricing.charge(await next.rerank(request)),
    moderate: async (request, next) => pricing.charge(await next.moderate(request)),
    async transcribe(request, next) {
      const result = await next.transcribe(request);
      return pricing.charge(result, { seconds: result.duration });
    },
    speak: async (request, next) => pricing.charge(await next.speak(request), { characters: characters(request.text) }),
    async generateImage(request, next) {
      const result = await next.generateImage(request);
      return pricing.charge(result, { images: result.images.length });
    },
  })(backend) as LLMBackend as Wrapped<B>;
}

/** What all results have that can be priced. */
type Priceable = Pick<GenerateResult, "provider" | "model" | "response" | "warnings"> &
  Pick<PricedCall, "usage"> & {
    cost?: Cost | undefined;
    cachedAt?: Date | undefined;
    providerMetadata?: ProviderMetadata;
  };

class Pricing {
  constructor(private readonly prices: Pick<Prices, "priceOf">) {}

  charge<R extends object>(result: R, units: Partial<PricedCall> = {}): R {
    const priceable = result as R & Priceable;
    // A cache's answer cost nothing, and one that has its cost already keeps it.
    if (priceable.cost !== undefined || priceable.cachedAt !== undefined) return result;
    const { provider, model, usage, response, providerMetadata } = priceable;
    const call = { ...units, provider, model, usage, answeredBy: response?.model };
    const cost = this.#costOf(call, providerMetadata);
    return cost ? { ...result, cost } : { ...result, warnings: [...priceable.warnings, unknown(call)] };
  }

  chargeStream(stream: AsyncIterable<StreamEvent>): AsyncIterable<StreamEvent> {
    let call: Omit<PricedCall, "usage"> = { provider: "", model: "" };
    return mapStream(
      stream,
      (event) => {
        if (event.type === "start")
          call = { provider: event.provider, model: event.model, answeredBy: event.response.model };
        return event.type === "finish" ? this.#finish(event, call) : event;
      },
      (error) => this.chargeError(error),
    );
  }

  /** A failure of a reply that is charged nevertheless, with its cost. */
  chargeError(error: unknown): unknown {
    if (!isLLMError(error) || !error.usage || error.cost) return error;
    const { provider = "", model = "", usage } = error;
    const cost = this.prices.priceOf({ provider, model, usage });
    return cost ? withErrorFacts(error, { cost }) : error;
  }

  #finish(event: FinishEvent, begun: Omit<PricedCall, "usage">): FinishEvent {
    if (event.cost !== undefined || event.cachedAt !== undefined) return event;
    const call = { ...begun, usage: event.usage, answeredBy: event.response?.model ?? begun.answeredBy };
    const cost = this.#costOf(call, event.providerMetadata);
    return cost ? { ...event, cost } : { ...event, warnings: [...(event.warnings ?? []), unknown(call)] };
  }

  #costOf(call: PricedCall, metadata: ProviderMetadata | undefined): Cost | undefined {
    return reportedCost(call, metadata) ?? this.prices.priceOf(call);
  }
}

function unknown({ provider, model, usage }: PricedCall): Warning {
  const isCounted = usage.inputTokens.total !== undefined;
  const message = isCounted
    ? `What ${provider}/${model} costs is not known, so that the call has no cost; a price can be set as own["${provider}/${model}"]`
    : `What the call of ${provider}/${model} cost is not known: the provider reported no usage that its price could be applied to`;
  return { type: "other", message };
}

/** As providers count them: an emoji is one, not two. */
function characters(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at++) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) count--;
  }
  return count;
}
