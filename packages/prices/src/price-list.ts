import { calcPrice, type ModelInfo, type ModelPrice, type PriceCalculation } from "@pydantic/genai-prices";
import type { ModelFacts } from "./model-facts.js";
import { listedName } from "./provider-ids.js";
import type { Rate, Rates } from "./rates.js";

/** A model of the list. */
export interface Listed {
  /** The list's provider, such as `aws`. */
  provider: string;
  model: ModelInfo;
  /** Prices of most models do not depend on the time. */
  ratesAt(at: Date | undefined): Rates;
}

/** Far more models than one program calls; a bound for names that users make up. */
const MOST = 2000;

const found = new Map<string, Listed | undefined>();

/** Finds a model in the list; what was found, or not found, is remembered. */
export function lookUp(provider: string, model: string): Listed | undefined {
  const key = `${provider}/${model}`;
  if (found.has(key)) return found.get(key);
  if (found.size >= MOST) found.clear();
  const listed = search(provider, model);
  found.set(key, listed);
  return listed;
}

export function listedFacts(provider: string, model: string): ModelFacts | undefined {
  const listed = lookUp(provider, model)?.model;
  if (!listed) return undefined;
  const { id, name, description, context_window: contextWindow, deprecated } = listed;
  return { id, name, description, contextWindow, deprecated };
}

/** For when the list has changed. */
export function forgetLookUps(): void {
  found.clear();
}

function search(prefix: string, name: string): Listed | undefined {
  const listed = listedName(prefix, name);
  if (!listed) return undefined;
  const first = resolve(listed.provider, listed.model, undefined);
  if (!first) return undefined;
  const { model, provider } = first;
  const isFixed = !Array.isArray(model.prices);
  const fixed = isFixed ? toRates(first) : undefined;
  return {
    provider: provider.id,
    model,
    ratesAt(at) {
      if (fixed) return fixed;
      const then = resolve(listed.provider, listed.model, at);
      return then ? toRates(then) : {};
    },
  };
}

function resolve(providerId: string, model: string, at: Date | undefined): PriceCalculation | undefined {
  return calcPrice({}, model, { providerId, ...(at && { timestamp: at }) }) ?? undefined;
}

/** Five-minute writes cost 1.25 times the input with Anthropic, one-hour writes twice. */
const LONGER_WRITE = 2 / 1.25;

function toRates({ model, model_price: price, provider }: PriceCalculation): Rates {
  const rates: Rates = {
    input: rateOf(price, "input_mtok"),
    output: rateOf(price, "output_mtok"),
    cacheRead: rateOf(price, "cache_read_mtok"),
    cacheWrite5m: rateOf(price, "cache_write_5m_mtok") ?? rateOf(price, "cache_write_mtok"),
    cacheWrite1h: rateOf(price, "cache_write_1h_mtok"),
    reasoning: rateOf(price, "output_reasoning_mtok"),
    audioInput: rateOf(price, "input_audio_mtok"),
    audioCached: rateOf(price, "cache_audio_read_mtok"),
    audioOutput: rateOf(price, "output_audio_mtok"),
    imageInput: rateOf(price, "input_image_mtok"),
    imageCached: rateOf(price, "cache_image_read_mtok"),
    imageOutput: rateOf(price, "output_image_mtok"),
    perRequest: single(price, "requests_kcount", 1000),
    perWebSearch: single(price, "web_searches_kcount", 1000),
    perRerank: single(price, "rerank_searches_kcount", 1000),
    perSecond: single(price, "input_audio_hours", 3600) ?? single(price, "audio_hours", 3600),
    perCharacter: single(price, "input_mchars", 1e6),
  };
  // The list leaves it out where Claude is sold by others.
  if (rates.cacheWrite1h === undefined && rates.cacheWrite5m !== undefined && /claude/.test(model.id))
    rates.cacheWrite1h = times(rates.cacheWrite5m, LONGER_WRITE);
  if (isAudioModel(provider.id, model.id) && rates.audioInput === undefined) rates.unknownAudio = true;
  if (model.id === "moderation" && Object.keys(price).length === 0) rates.free = true;
  return rates;
}

/** OpenAI's audio tokens cost many times its text tokens, so that a price for text alone says nothing of them. */
function isAudioModel(provider: string, model: string): boolean {
  return (provider === "openai" || provider === "azure") && /audio|realtime|transcribe/.test(model);
}

function rateOf(price: ModelPrice, key: string): Rate | undefined {
  const rate = price[key];
  return rate === undefined || rate === null ? undefined : rate;
}

function single(price: ModelPrice, key: string, units: number): number | undefined {
  const rate = price[key];
  return typeof rate === "number" ? rate / units : undefined;
}

function times(rate: Rate, factor: number): Rate {
  if (typeof rate === "number") return rate * factor;
  const tiers = rate.tiers.map(({ start, price }) => ({ start, price: price * factor }));
  return { base: rate.base * factor, tiers };
}
