/**
 * `@llmux/cohere`: the adapter for Cohere.
 */
export { type CohereConfig, cohere, cohere as default } from "./adapter.js";
export type { CohereClientLike } from "./client.js";
export type { CohereDocument, CohereOptions } from "./options.js";
