import type { AdapterFactory } from "@llmux/core";
import { defineAdapter } from "@llmux/core/adapter";
import { createHuggingFaceBackend } from "./backend.js";
import { type ClientConfig, HuggingFaceConnection } from "./client.js";

/** How to reach Hugging Face. What is left out is read from the environment. */
export interface HuggingFaceConfig extends ClientConfig {}

/**
 * Hugging Face's Inference Providers, dedicated Inference Endpoints and TGI, through `@huggingface/inference`. Prefix `huggingface` or
 * `hf`; the model is its id on the Hub, with the provider to use where you want to say: `huggingface/org/model:groq`.
 *
 * ```ts
 * const llm = createLLM({ adapters: [huggingface({ apiKey })] });
 * ```
 */
export const huggingface: AdapterFactory<HuggingFaceConfig> = defineAdapter<HuggingFaceConfig>({
  id: "huggingface",
  name: "Hugging Face",
  aliases: ["hf"],
  embeddingModel: "sentence-transformers/all-MiniLM-L6-v2",
  env: {
    apiKey: {
      variables: ["HF_TOKEN", "HUGGINGFACE_API_KEY", "HUGGINGFACEHUB_API_TOKEN"],
      secret: true,
      description: "a token from https://huggingface.co/settings/tokens",
    },
    baseURL: {
      variables: ["HF_API_BASE", "HUGGINGFACE_API_BASE"],
      type: "url",
      description: "the URL of an Inference Endpoint or of TGI, such as http://localhost:8080",
    },
  },
  required: ({ apiKey, baseURL, client }) => (apiKey || baseURL || client ? [] : ["apiKey"]),
  createBackend: (config) => createHuggingFaceBackend(new HuggingFaceConnection(config)),
});
