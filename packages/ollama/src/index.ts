/**
 * `@llmux/ollama`: the adapter for Ollama.
 */
export { type OllamaConfig, ollama, ollama as default } from "./adapter.js";
export type { OllamaModelOptions, OllamaOptions } from "./options.js";
export { type PullOptions, type PullProgress, pullModel } from "./pull.js";
