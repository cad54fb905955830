import { type Cost, invalidOption } from "@llmux/core";
import { ByPattern } from "./by-pattern.js";
import { fetchedFacts } from "./fetched-facts.js";
import { type ModelFacts, mergeFacts } from "./model-facts.js";
import { checkOwnFacts } from "./own-facts.js";
import { type OwnPrice, toOwnRates } from "./own-price.js";
import { listedFacts, lookUp } from "./price-list.js";
import type { PricedCall } from "./priced-call.js";
import { isLocal } from "./provider-ids.js";
import type { Rates } from "./rates.js";
import { reckon } from "./reckon.js";
import { reportedCost } from "./reported-cost.js";
import { splitName } from "./split-name.js";

/** Prices and facts that go on top of the lists'. Keys are `prefix/model`, in which `*` stands for any characters. */
export interface PricesOptions {
  /** A price, which takes the place of the list's whole entry, or the `prefix/model` whose price holds, as for a deployment on Azure. */
  own?: Readonly<Record<string, OwnPrice | string>> | undefined;
  /** Facts that `modelFacts` gives in place of the lists', one by one. */
  facts?: Readonly<Record<string, ModelFacts>> | undefined;
}

export interface Prices {
  /** What a call cost, in US dollars; `undefined` where that is not known, never 0 for want of a price. */
  priceOf(call: PricedCall): Cost | undefined;
  /** What is known of a model, by `prefix/model`; `undefined` where it is nothing. */
  modelFacts(name: string): ModelFacts | undefined;
}

/**
 * Prices and facts of one's own on top of the lists.
 *
 * @throws LLMError `invalid-request` for a price or a fact that is none, with its place as `parameter`
 */
export function createPrices({ own = {}, facts = {} }: PricesOptions = {}): Prices {
  const rates = new ByPattern(
    Object.fromEntries(Object.entries(own).map(([name, price]) => [name, ownPrice(name, price)])),
  );
  checkOwnFacts(facts);
  const ownFacts = new ByPattern(facts);

  const priced = (call: PricedCall, model: string): Cost | undefined => {
    const mine = rates.get(`${call.provider}/${model}`);
    if (typeof mine === "object") return reckon(call, mine, "own");
    return mine === undefined ? undefined : listPrice(call, ...splitName(mine));
  };
  /** The names to try, the one asked for first. */
  const names = ({ model, answeredBy }: PricedCall): string[] =>
    answeredBy === undefined || answeredBy === model ? [model] : [model, answeredBy];

  return {
    priceOf(call) {
      const reported = reportedCost(call);
      if (reported) return reported;
      for (const name of names(call)) {
        if (rates.get(`${call.provider}/${name}`) !== undefined) return priced(call, name);
      }
      for (const name of names(call)) {
        const cost = listPrice(call, call.provider, name);
        if (cost) return cost;
      }
      return undefined;
    },
    modelFacts(name) {
      const alias = rates.get(name);
      const known = splitName(typeof alias === "string" ? alias : name);
      return mergeFacts(ownFacts.get(name), listedFacts(...known), fetchedFacts(...known));
    },
  };
}

function listPrice(call: PricedCall, provider: string, model: string): Cost | undefined {
  if (isLocal(provider, model)) return { total: 0, input: 0, output: 0, source: "list" };
  const listed = lookUp(provider, model);
  return listed && reckon(call, listed.ratesAt(call.at), "list");
}

function ownPrice(name: string, price: OwnPrice | string): Rates | string {
  const at = `own["${name}"]`;
  if (!name.includes("/")) throw invalidOption(at, "must be named prefix/model");
  if (typeof price === "object" && price !== null) return toOwnRates(price, at);
  if (typeof price !== "string" || !/^[^/]+\/./.test(price))
    throw invalidOption(at, "must be a price, or the prefix/model whose price holds");
  return price;
}

const LIST = createPrices();

/**
 * What a call cost by the list alone, which comes with this package: the provider's own figure where it reports one, nothing for models on a machine of
 * one's own, `undefined` where the price is not known.
 */
export const priceOf: Prices["priceOf"] = LIST.priceOf;

/** What the list, and LiteLLM's where it was fetched, know of a model, by `prefix/model`: `modelFacts("openai/gpt-4o")`. */
export const modelFacts: Prices["modelFacts"] = LIST.modelFacts;
