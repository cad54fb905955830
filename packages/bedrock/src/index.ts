export { type BedrockConfig, bedrock, bedrock as default } from "./adapter.js";
export type { BedrockClient, BedrockCredentials } from "./connection.js";
export type { BedrockOptions } from "./options.js";
