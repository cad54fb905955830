import type { AdapterFactory } from "@llmux/core";
import { defineAdapter } from "@llmux/core/adapter";
import { createMistralBackend } from "./backend.js";
import { type ConnectionConfig, MistralConnection } from "./connection.js";

/** Fields that are left out are read from the environment: `apiKey` from `MISTRAL_API_KEY`, `baseURL` from `MISTRAL_API_BASE`. */
export interface MistralConfig extends ConnectionConfig {}

/**
 * The adapter for Mistral's API: chat, reasoning, vision, documents, speech, embeddings, moderation.
 *
 * ```ts
 * const llm = createLLM({ adapters: [mistral({ apiKey })] });
 * ```
 */
export const mistral: AdapterFactory<MistralConfig> = defineAdapter<MistralConfig>({
  id: "mistral",
  name: "Mistral",
  aliases: ["mistralai"],
  models: [
    "mistral-*",
    "ministral-*",
    "codestral-*",
    "magistral-*",
    "pixtral-*",
    "devstral-*",
    "voxtral-*",
    "open-mistral-*",
    "open-mixtral-*",
    "open-codestral-*",
  ],
  embeddingModel: "mistral-embed",
  env: {
    apiKey: {
      variables: ["MISTRAL_API_KEY"],
      secret: true,
      description: "an API key from https://console.mistral.ai/api-keys",
    },
    baseURL: {
      variables: ["MISTRAL_API_BASE", "MISTRAL_BASE_URL"],
      type: "url",
      description: "a URL such as https://api.mistral.ai",
    },
  },
  required: needed,
  createBackend: (config) => createMistralBackend(new MistralConnection(config)),
});

/** Fields that are left out are read from the environment: `apiKey` from `CODESTRAL_API_KEY`, `baseURL` from `CODESTRAL_API_BASE`. */
export interface CodestralConfig extends MistralConfig {}

/**
 * Codestral's own endpoint, `https://codestral.mistral.ai`, which has keys of its own. With a key of Mistral's, `mistral/codestral-latest`
 * does the same.
 */
export const codestral: AdapterFactory<CodestralConfig> = codestralAdapter("codestral", "Codestral", "chat");

/** The same endpoint for fill-in-the-middle: one user message is the code before the gap, `suffix` what comes after it. */
export const codestralCompletion: AdapterFactory<CodestralConfig> = codestralAdapter(
  "text-completion-codestral",
  "Codestral (completion)",
  "fim",
);

/** A server of one's own need not ask for a key. */
function needed({ client, baseURL }: MistralConfig): readonly "apiKey"[] {
  const isOther =
    baseURL !== undefined && URL.canParse(baseURL) && !/(^|\.)mistral\.ai$/.test(new URL(baseURL).hostname);
  return client || isOther ? [] : ["apiKey"];
}

function codestralAdapter(id: string, name: string, api: "chat" | "fim"): AdapterFactory<CodestralConfig> {
  const baseURL = "https://codestral.mistral.ai";
  return defineAdapter<CodestralConfig>({
    id,
    name,
    env: {
      apiKey: {
        variables: ["CODESTRAL_API_KEY"],
        secret: true,
        description: "a Codestral key from https://console.mistral.ai/codestral",
      },
      baseURL: { variables: ["CODESTRAL_API_BASE"], type: "url", description: `a URL such as ${baseURL}` },
    },
    required: needed,
    createBackend: (config) =>
      createMistralBackend(new MistralConnection({ ...config, baseURL: config.baseURL ?? baseURL }), { id, api }),
  });
}
