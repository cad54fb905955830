export { type AnthropicConfig, anthropic, anthropic as default } from "./adapter.js";
export type { AnthropicOptions } from "./options.js";
