import type { AdapterFactory } from "@llmux/core";
import { defineAdapter } from "@llmux/core/adapter";
import { createOllamaBackend } from "./backend.js";
import { type ClientConfig, OllamaConnection } from "./client.js";

/** Fields that are left out are read from the environment: `baseURL` from `OLLAMA_HOST`, `apiKey` from `OLLAMA_API_KEY`. */
export interface OllamaConfig extends ClientConfig {}

/**
 * The adapter for Ollama's native API: local models, another machine's, or ollama.com's.
 *
 * ```ts
 * const llm = createLLM({ adapters: [ollama({ baseURL: "http://gpu-box:11434" })] });
 * ```
 *
 * @throws LLMError `invalid-request` on making its backend, where `baseURL` is no address
 */
export const ollama: AdapterFactory<OllamaConfig> = defineAdapter<OllamaConfig>({
  id: "ollama",
  name: "Ollama",
  aliases: ["ollama_chat", "local"],
  embeddingModel: "nomic-embed-text",
  env: {
    // Not of type `url`: `:11434`, `0.0.0.0` and a host without a port mean something else to Ollama.
    baseURL: {
      variables: ["OLLAMA_HOST"],
      description: "the address of an Ollama server, such as http://localhost:11434",
    },
    apiKey: {
      variables: ["OLLAMA_API_KEY"],
      secret: true,
      description: "a key of ollama.com, or of a proxy in front of Ollama",
    },
  },
  createBackend: (config) => createOllamaBackend(new OllamaConnection(config)),
});
