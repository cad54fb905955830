/**
 * `@llmux/anthropic/wire`: the translation of the Messages API, for adapters of other clouds that offer Claude. Give it a client of
 * the SDK's package for that cloud (`@anthropic-ai/vertex-sdk`, `@anthropic-ai/bedrock-sdk`, …).
 */
export type { AnthropicConfig } from "./adapter.js";
export { type AnthropicClient, type AnthropicHost, createBackend as createAnthropicBackend } from "./backend.js";
