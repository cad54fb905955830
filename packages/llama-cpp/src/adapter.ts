import type { AdapterFactory } from "@llmux/core";
import { defineAdapter } from "@llmux/core/adapter";
import { createLlamaCppBackend } from "./backend.js";
import { type LlamaCppConfig, readConfig } from "./config.js";

/**
 * The adapter that runs GGUF models inside the process. It loads node-llama-cpp, and a model, with the first call for one; it never
 * compiles and never downloads.
 *
 * ```ts
 * const llm = createLLM({ adapters: [llamaCpp({ modelsDirectory: "models" })], model: "llama-cpp/qwen3-4b-q4_k_m" });
 * ```
 *
 * @throws LLMError `invalid-request` on making its backend, where an option makes no sense
 */
export const llamaCpp: AdapterFactory<LlamaCppConfig> = defineAdapter<LlamaCppConfig>({
  id: "llama-cpp",
  name: "llama.cpp",
  aliases: ["llama_cpp", "gguf"],
  models: ["*.gguf"],
  env: {
    modelsDirectory: {
      variables: ["LLAMA_CPP_MODELS_DIR"],
      description: "the directory that GGUF files are in",
    },
    contextSize: {
      variables: ["LLAMA_CPP_CONTEXT_SIZE"],
      description: "the tokens that prompt and reply share, or auto",
    },
    gpu: { variables: ["LLAMA_CPP_GPU"], description: "auto, cuda, vulkan, metal or cpu" },
    threads: { variables: ["LLAMA_CPP_THREADS"], description: "how many threads compute" },
  },
  createBackend: (config) => createLlamaCppBackend(readConfig(config)),
});
