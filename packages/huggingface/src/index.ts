/**
 * `@llmux/huggingface`: the adapter for Hugging Face.
 */
export { type HuggingFaceConfig, huggingface, huggingface as default } from "./adapter.js";
export type { HuggingFaceOptions } from "./options.js";
