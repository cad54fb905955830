/**
 * `@llmux/llama-cpp`: the adapter that runs GGUF models inside the process, on node-llama-cpp.
 */
export { llamaCpp, llamaCpp as default } from "./adapter.js";
export type { LlamaCppConfig } from "./config.js";
export type { LlamaCppOptions, LoadOptions } from "./options.js";
export { unloadModels } from "./unload.js";
