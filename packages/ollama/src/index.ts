/**
 * `@llmux/ollama`: the adapter for Ollama.
 */
export { ollama, ollama as default, type OllamaConfig } from "./adapter.js";
export type { OllamaModelOptions, OllamaOptions } from "./options.js";
export { pullModel, type PullOptions, type PullProgress } from "./pull.js";
