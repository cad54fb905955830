import { lookUp } from "./price-list.js";

/** What is known of a model; what is not known is `undefined`. */
export interface ModelFacts {
  /** The list's own name of it, which is another where dated versions cost the same. */
  id?: string | undefined;
  name?: string | undefined;
  description?: string | undefined;
  /** Most tokens of a call, input and output together with most providers. */
  contextWindow?: number | undefined;
  /** Most output tokens. Only where you set it: the list has none. */
  maxOutputTokens?: number | undefined;
  /** Whether the provider has announced its end. */
  deprecated?: boolean | undefined;
}

export function listedFacts(provider: string, model: string): ModelFacts | undefined {
  const listed = lookUp(provider, model)?.model;
  if (!listed) return undefined;
  const { id, name, description, context_window: contextWindow, deprecated } = listed;
  return { id, name, description, contextWindow, deprecated };
}

/** `openai/gpt-4o` → `["openai", "gpt-4o"]`. The model may have slashes of its own. */
export function splitName(name: string): [provider: string, model: string] {
  const at = name.indexOf("/");
  return at < 0 ? ["", name] : [name.slice(0, at), name.slice(at + 1)];
}
