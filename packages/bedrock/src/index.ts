export { bedrock, bedrock as default } from "./adapter.js";
export type {
  BedrockClient,
  BedrockConfig,
  BedrockCredentials,
  BedrockIdentity,
  BedrockRequestHandler,
} from "./config.js";
export type { BedrockOptions } from "./options.js";
