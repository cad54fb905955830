import type { AdapterFactory } from "@llmux/core";
import { defineAdapter } from "@llmux/core/adapter";
import { createCohereBackend } from "./backend.js";
import { type ClientConfig, CohereConnection } from "./client.js";

/** How to reach Cohere. What is left out is read from the environment. */
export interface CohereConfig extends ClientConfig {}

/**
 * Cohere's API, version 2, through `cohere-ai`. Prefix `cohere` or `cohere_chat`.
 *
 * ```ts
 * const llm = createLLM({ adapters: [cohere({ apiKey })] });
 * ```
 */
export const cohere: AdapterFactory<CohereConfig> = defineAdapter<CohereConfig>({
  id: "cohere",
  name: "Cohere",
  aliases: ["cohere_chat"],
  models: [
    "command-*",
    "c4ai-aya-*",
    "embed-v4*",
    "embed-english-*",
    "embed-multilingual-*",
    "rerank-v*",
    "rerank-english-*",
    "rerank-multilingual-*",
    "cohere-transcribe-*",
  ],
  embeddingModel: "embed-v4.0",
  env: {
    apiKey: {
      variables: ["CO_API_KEY", "COHERE_API_KEY"],
      secret: true,
      description: "an API key from https://dashboard.cohere.com/api-keys",
    },
    baseURL: {
      variables: ["COHERE_API_BASE", "CO_API_URL"],
      type: "url",
      description: "a URL such as https://api.cohere.com",
    },
  },
  required: ({ apiKey, baseURL, client }) => (apiKey || baseURL || client ? [] : ["apiKey"]),
  createBackend: (config) => createCohereBackend(new CohereConnection(config)),
});
