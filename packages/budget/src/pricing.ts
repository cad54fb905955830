import {
  type Cost,
  estimateTokens,
  invalidOption,
  isLLMError,
  type PriceCall,
  type ResponseInfo,
  type Usage,
} from "@llmux/core";
import { toStored } from "./amounts.js";
import type { BudgetedCall } from "./budgeted-call.js";
import { type CallSize, estimateSize } from "./estimate.js";

/** What a call took, or may take, as stores have it; `undefined` where that is not known. */
export interface Used {
  usd: number | undefined;
  tokens: number | undefined;
}

export const NOTHING: Used = { usd: 0, tokens: 0 };
export const UNKNOWN: Used = { usd: undefined, tokens: undefined };

/** {@link Used}, before the call. */
export interface Estimate extends Used {
  tokens: number;
  size: CallSize;
}

/** What of an answer says what it cost; the answers of all calls have some of it. */
export interface Answer {
  provider?: string | undefined;
  model?: string | undefined;
  usage?: Partial<Usage> | undefined;
  cost?: Cost | undefined;
  cachedAt?: Date | undefined;
  response?: ResponseInfo | undefined;
  /** Of a transcription, in seconds. */
  duration?: number | undefined;
  images?: readonly unknown[] | undefined;
}

interface PricingOptions {
  price: PriceCall | undefined;
  estimate: ((call: BudgetedCall) => { usd?: number | undefined; tokens?: number | undefined } | undefined) | undefined;
  outputTokens: number;
}

/** Says what calls may cost, and what they did. */
export class Pricing {
  /** @param provider of the backend, for models without a prefix */
  constructor(
    private readonly provider: string,
    private readonly options: PricingOptions,
  ) {}

  /**
   * @param isPriced whether a budget in money needs the price
   * @throws LLMError `invalid-request` where the application's estimate is none
   */
  estimate(call: BudgetedCall, isPriced: boolean): Estimate {
    const size = sizeOf(call, this.options.outputTokens);
    const { usd, tokens = size.input + size.output } = this.#own(call);
    const priced = usd === undefined && isPriced ? this.#ofSize(call, size) : undefined;
    return { usd: usd === undefined ? priced : toStored(usd, "usd"), tokens: toStored(tokens, "tokens"), size };
  }

  /** What an answer says that it took. */
  answered(call: BudgetedCall, answer: Answer): Used {
    const { usage, cost, cachedAt, response } = answer;
    if (cachedAt !== undefined) return NOTHING;
    const units = { ...unitsOf(call, answer), answeredBy: response?.model };
    const total = isAmount(cost?.total) ? cost.total : this.#priceOf(answer, usage, units);
    return { usd: total === undefined ? undefined : toStored(total, "usd"), tokens: tokensOf(usage) };
  }

  /**
   * What a call took that failed. A provider bills what it has read and said, whether or not anybody gets to see it: the input of a call that was aborted or
   * timed out counts, and what came of an answer that was cut or can't be read, by the error's own count where it has one. Where it refused, or was not
   * reached, it bills nothing.
   */
  failed(call: BudgetedCall, error: unknown, { size }: Estimate): Used {
    if (!isLLMError(error)) return NOTHING;
    const { kind, partial, text, usage, cost, provider, model } = error;
    if (usage) return this.answered(call, { usage, cost, provider, model });
    const said = partial ? partial.text + partial.reasoning : kind === "malformed-response" ? (text ?? "") : "";
    if (said === "" && kind !== "malformed-response" && kind !== "aborted" && kind !== "timeout") return NOTHING;
    const { images: _, ...read } = size;
    return this.#used(call, { ...read, output: estimateTokens(said) });
  }

  /** What a stream took that was cut or left before it had begun: its input. */
  read(call: BudgetedCall, { size }: Estimate): Used {
    return this.#used(call, { ...size, output: 0 });
  }

  #own(call: BudgetedCall): { usd?: number | undefined; tokens?: number | undefined } {
    const own = this.options.estimate?.(call);
    if (!own) return {};
    for (const name of ["usd", "tokens"] as const)
      if (own[name] !== undefined && !isAmount(own[name]))
        throw invalidOption("estimate", `must give ${name} as a number, 0 or more`, own[name]);
    return own;
  }

  #used(call: BudgetedCall, size: CallSize): Used {
    return { usd: this.#ofSize(call, size), tokens: size.input + size.output };
  }

  /** By the name that the call gives: `prefix/model` as a router has it, else the backend's own. */
  #ofSize({ model }: BudgetedCall, size: CallSize): number | undefined {
    if (typeof model !== "string") return undefined;
    const { input, output, searchUnits, ...units } = size;
    const usage = {
      inputTokens: { total: input, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: output, reasoning: undefined },
      ...(searchUnits !== undefined && { searchUnits }),
    };
    const slash = model.indexOf("/");
    const routed = { provider: model.slice(0, slash).toLowerCase(), model: model.slice(slash + 1) };
    const total =
      (slash > 0 ? this.#priceOf(routed, usage, units) : undefined) ??
      this.#priceOf({ provider: this.provider, model }, usage, units);
    return total === undefined ? undefined : toStored(total, "usd");
  }

  #priceOf({ provider, model }: Answer, usage: Partial<Usage> | undefined, units: object): number | undefined {
    const { price } = this.options;
    if (!price || !usage?.inputTokens || provider === undefined || model === undefined) return undefined;
    try {
      const total = price({ ...units, provider, model, usage: usage as Usage, at: new Date() })?.total;
      return isAmount(total) ? total : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Of a request that makes no sense there is none to be made; its backend says what is wrong with it. */
function sizeOf(call: BudgetedCall, outputTokens: number): CallSize {
  try {
    return estimateSize(call, outputTokens);
  } catch {
    return { input: 0, output: outputTokens };
  }
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}

/** What is billed by other units than tokens, as `priceOf` of `@llmux/prices` takes it. */
function unitsOf(call: BudgetedCall, { duration, images }: Answer): object {
  if (call.kind === "transcribe") return { seconds: duration };
  if (call.kind === "speak") return { characters: [...call.request.text].length };
  return call.kind === "generateImage" ? { images: images?.length } : {};
}

function tokensOf(usage: Partial<Usage> | undefined): number | undefined {
  const input = usage?.inputTokens?.total;
  const output = usage?.outputTokens?.total;
  return input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0);
}
