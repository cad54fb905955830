import { invalidOption, LLMError } from "@llmux/core";
import { fetchJSON, type RefreshOptions } from "./fetch-json.js";
import { candidates } from "./litellm-names.js";
import type { ModelFacts } from "./model-facts.js";
import { readLitellm } from "./read-litellm.js";

/** Where LiteLLM publishes it. */
const URL_OF_LIST = "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json";

let fetched: ReadonlyMap<string, ModelFacts> = new Map();

/**
 * Fetches LiteLLM's list of models, for all of the program: from then on `modelFacts` knows what models can do, their most output tokens, and the
 * day on which they end. Nothing is ever fetched unless this is called. Where it fails the facts stay as they were.
 *
 * @throws LLMError `connection` where the list can't be had, `malformed-response` where it is none, `aborted`
 */
export async function refreshModelFacts({ url = URL_OF_LIST, ...options }: RefreshOptions = {}): Promise<void> {
  const list = readLitellm(await fetchJSON("list of models", url, options));
  if (!list)
    throw new LLMError({
      kind: "malformed-response",
      message: "The list of models fetched has no model that can be read",
    });
  fetched = list;
}

/**
 * The same with LiteLLM's `model_prices_and_context_window.json` as you have it, parsed: from a file, or from a store of your own. Only what is read
 * from it is kept.
 *
 * @throws LLMError `invalid-request` for what is no such list; the facts stay as they were
 */
export function setModelFacts(list: unknown): void {
  const read = readLitellm(list);
  if (!read) throw invalidOption("list", "must be LiteLLM's list of models, parsed");
  fetched = read;
}

/** What the fetched list knows of a model; `undefined` where nothing was fetched. */
export function fetchedFacts(provider: string, model: string): ModelFacts | undefined {
  for (const { name, isExact } of candidates(provider, model)) {
    const facts = fetched.get(name);
    if (!facts) continue;
    const { retiresAt } = facts;
    // A copy, for a date can be changed by those who have it.
    return { ...facts, retiresAt: isExact && retiresAt ? new Date(retiresAt) : undefined };
  }
  return undefined;
}
