import { defineHost, type HostAdapter } from "../define-host.js";

/** Amazon Bedrock (Mantle). */
export const bedrockMantle: HostAdapter<"region"> = /* @__PURE__ */ defineHost({
  id: "bedrock_mantle",
  name: "Amazon Bedrock (Mantle)",
  docs: "https://docs.aws.amazon.com/bedrock/latest/userguide/bedrock-mantle.html",
  aliases: ["bedrock-mantle"],
  baseURL: "https://bedrock-mantle.{region}.api.aws/v1",
  baseURLVariables: ["BEDROCK_MANTLE_API_BASE"],
  settings: {
    region: {
      variables: ["BEDROCK_MANTLE_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"],
      description: "a region of AWS",
      default: "us-east-1",
    },
  },
  keyVariables: ["BEDROCK_MANTLE_API_KEY", "AWS_BEARER_TOKEN_BEDROCK"],
  keyURL: "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html",
  calls: ["listModels"],
  responses: true,
  wire: { maxTokens: "max_completion_tokens" },
});
