import { invalidOption } from "@llmux/core";
import type { Rate, Rates } from "./rates.js";

/** US dollars for a million tokens. What is left out is billed as what it is a part of. */
export interface TokenPrices {
  input?: number | undefined;
  output?: number | undefined;
  /** Read from the prompt cache. Default `input`. */
  cacheRead?: number | undefined;
  /** Written to the prompt cache for five minutes, or without a time. Default `input`. */
  cacheWrite5m?: number | undefined;
  /** Written to the prompt cache for an hour. Default `cacheWrite5m`. */
  cacheWrite1h?: number | undefined;
  /** Default `output`. */
  reasoning?: number | undefined;
  /** Default `input`. */
  audioInput?: number | undefined;
  /** Default `output`. */
  audioOutput?: number | undefined;
}

/** What a model costs with you, in US dollars, in place of what the list says. */
export interface OwnPrice extends TokenPrices {
  /** Prices of a whole call whose input is longer than `above` tokens; what a tier leaves out stays as it is below. */
  tiers?: readonly (TokenPrices & { above: number })[] | undefined;
  /** For each call, whatever else is charged. */
  perRequest?: number | undefined;
  /** For each image made. */
  perImage?: number | undefined;
  /** For each character spoken. */
  perCharacter?: number | undefined;
  /** For each minute of audio written down. */
  perMinute?: number | undefined;
  /** For a thousand searches of a reranker. */
  perThousandSearches?: number | undefined;
}

const TOKENS = [
  "input",
  "output",
  "cacheRead",
  "cacheWrite5m",
  "cacheWrite1h",
  "reasoning",
  "audioInput",
  "audioOutput",
] as const satisfies readonly (keyof TokenPrices)[];

const UNITS = ["perRequest", "perImage", "perCharacter", "perMinute", "perThousandSearches"] as const;

/** @throws LLMError `invalid-request` that names the figure at fault */
export function toOwnRates(price: OwnPrice, at: string): Rates {
  const known: readonly string[] = [...TOKENS, ...UNITS, "tiers"];
  for (const name of Object.keys(price)) if (!known.includes(name)) throw invalidOption(`${at}.${name}`, "is no price");
  for (const name of [...TOKENS, ...UNITS]) check(price[name], `${at}.${name}`);
  const tiers = [...(price.tiers ?? [])].sort((a, b) => a.above - b.above);
  for (const [index, tier] of tiers.entries()) {
    const path = `${at}.tiers[${index}]`;
    if (!Number.isInteger(tier.above) || tier.above < 0)
      throw invalidOption(`${path}.above`, "must be a number of tokens");
    for (const name of TOKENS) check(tier[name], `${path}.${name}`);
  }
  const rates: Rates = {
    perRequest: price.perRequest,
    perImage: price.perImage,
    perCharacter: price.perCharacter,
    perSecond: price.perMinute === undefined ? undefined : price.perMinute / 60,
    perRerank: price.perThousandSearches === undefined ? undefined : price.perThousandSearches / 1000,
  };
  for (const name of TOKENS) rates[name] = tiered(name, price, tiers);
  if (Object.values(rates).every((rate) => rate === undefined)) throw invalidOption(at, "names no price");
  return rates;
}

/** What a price falls back to, tier by tier. */
const DEFAULTS: Readonly<Partial<Record<keyof TokenPrices, keyof TokenPrices>>> = {
  cacheRead: "input",
  cacheWrite5m: "input",
  cacheWrite1h: "cacheWrite5m",
  reasoning: "output",
  audioInput: "input",
  audioOutput: "output",
};

function tiered(
  name: keyof TokenPrices,
  price: OwnPrice,
  tiers: readonly (TokenPrices & { above: number })[],
): Rate | undefined {
  const base = price[name];
  if (tiers.every((tier) => tier[name] === undefined)) return base;
  const below = base ?? inherited(name, price);
  if (below === undefined) return undefined;
  let last = below;
  return {
    base: below,
    tiers: tiers.map((tier) => {
      last = tier[name] ?? last;
      return { start: tier.above, price: last };
    }),
  };
}

function inherited(name: keyof TokenPrices, price: OwnPrice): number | undefined {
  const other = DEFAULTS[name];
  return other && (price[other] ?? inherited(other, price));
}

function check(value: unknown, path: string): void {
  if (value !== undefined && !(typeof value === "number" && Number.isFinite(value) && value >= 0))
    throw invalidOption(path, "must be US dollars, 0 or more");
}
