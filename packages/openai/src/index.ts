export { type OpenAIConfig, openai, openai as default } from "./adapter.js";
export type { OpenAIApi, OpenAIOptions } from "./options.js";
