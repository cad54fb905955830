import { LLMError } from "@llmux/core/adapter";

/** How the router may choose among providers, in place of one's name (https://huggingface.co/docs/inference-providers). */
const POLICIES: readonly string[] = ["auto", "fastest", "cheapest", "preferred"];

/** What a model's name says. */
export interface ModelName {
  /** Its id on the Hub: `org/name`, rarely `name`. */
  id: string;
  /** The inference provider to use: `groq`. */
  provider: string | undefined;
  /** How to choose one: `fastest`. */
  policy: string | undefined;
}

/**
 * Reads `org/name`, `org/name:provider`, `org/name:policy`, and `provider/org/name` as litellm writes it: an id on the Hub holds at most
 * one slash, so that these can be told apart.
 *
 * @throws LLMError `invalid-request` for a URL: the key would go wherever a request says. An endpoint's address is configuration.
 */
export function readModelName(model: string): ModelName {
  if (/^\w+:\/\//.test(model)) {
    const message = "An endpoint's URL is no model: give it as baseURL (LLM_BASE_URL)";
    throw new LLMError({ kind: "invalid-request", parameter: "model", message });
  }
  const colon = model.lastIndexOf(":");
  const suffix = colon === -1 ? undefined : model.slice(colon + 1);
  let id = colon === -1 ? model : model.slice(0, colon);
  let provider: string | undefined;
  const [first, second, third] = id.split("/");
  if (first && second && third) {
    provider = first;
    id = id.slice(first.length + 1);
  }
  if (suffix === undefined || suffix === "") return { id, provider, policy: undefined };
  if (!POLICIES.includes(suffix)) return { id, provider: suffix, policy: undefined };
  return { id, provider, policy: suffix === "auto" ? undefined : suffix };
}
