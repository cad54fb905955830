/** LiteLLM's names of providers that are not the ids of llmux's adapters; all others are. */
const PROVIDERS = new Map([
  ["azure_text", "azure"],
  ["bedrock_converse", "bedrock"],
  ["cohere_chat", "cohere"],
  ["fireworks_ai-embedding-models", "fireworks_ai"],
  ["text-completion-openai", "openai"],
]);

/** Adapters whose models LiteLLM has under other names than their id, to be tried in this order. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  // Foundry's models that are not OpenAI's are a provider of its own there.
  azure: ["azure", "azure_ai"],
  gemini_openai: ["gemini"],
};

/**
 * The provider and the model of an entry: `gpt-4o` of `openai` and `openai/gpt-4o` are the same, and Google's Vertex AI has a provider for each
 * vendor there: `vertex_ai-anthropic_models`.
 */
export function litellmName(key: string, litellmProvider: string): [provider: string, model: string] {
  const provider = litellmProvider.startsWith("vertex_ai-")
    ? "vertex_ai"
    : (PROVIDERS.get(litellmProvider) ?? litellmProvider);
  return [provider, key.startsWith(`${provider}/`) ? key.slice(provider.length + 1) : key];
}

/** A name under which LiteLLM's list may have a model. */
export interface Candidate {
  name: string;
  /** Whether it is the model's own, and not that of its kin. */
  isExact: boolean;
}

/** The names under which LiteLLM's list may have a model, the nearest first. */
export function* candidates(provider: string, model: string): Generator<Candidate, void, void> {
  const providers = (Object.hasOwn(ALSO, provider) && ALSO[provider]) || [provider];
  for (const { name, isExact } of models(provider, model))
    for (const prefix of providers) yield { name: `${prefix}/${name}`, isExact };
}

function* models(provider: string, model: string): Generator<Candidate, void, void> {
  yield { name: model, isExact: true };
  // ARNs and resource names end in the model: `arn:aws:bedrock:…:inference-profile/us.anthropic.claude-…`, `publishers/google/models/…`.
  const last = /^(?:arn:|projects\/|publishers\/|models\/)/.test(model)
    ? model.slice(model.lastIndexOf("/") + 1)
    : model;
  if (last !== model) yield { name: last, isExact: true };
  if (provider === "bedrock") {
    const base = last.replace(/^(?:us-gov|us|eu|apac|jp|au|ca|global)\./, "");
    if (base !== last) yield { name: base, isExact: true };
  }
  // `ft:gpt-4o-mini-2024-07-18:acme::9x` is a `gpt-4o-mini-2024-07-18`.
  const tuned = /^(ft:([^:]+)):/.exec(model);
  if (tuned) {
    yield { name: tuned[1]!, isExact: false };
    yield { name: tuned[2]!, isExact: false };
  }
  const undated = last.replace(/[-@](?:\d{4}-\d{2}-\d{2}|20\d{6})$/, "");
  if (undated !== last) yield { name: undated, isExact: false };
}
