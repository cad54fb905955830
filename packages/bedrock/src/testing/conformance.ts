import { bedrockConverse, type ConformanceOptions, OPTION_SENTINEL } from "@llmux/testkit";
import { bedrock } from "../adapter.js";

export const conformanceOptions: ConformanceOptions = {
  adapter: ({ baseURL, apiKey }) => bedrock({ baseURL, apiKey, region: "us-east-1" }),
  dialect: bedrockConverse,
  model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
  embeddingModel: "amazon.titan-embed-text-v2:0",
  embedBatch: 1,
  providerOptions: {
    any: { additionalModelRequestFields: { kit_option: OPTION_SENTINEL } },
    temperature: { inferenceConfig: { temperature: 0.654321 } },
  },
  lacks: {
    "tool-input-text": "a whole answer has a tool's arguments as an object, which can't be broken",
    "image-url": "Bedrock takes bytes, and what lies in S3",
    "file-url": "Bedrock takes bytes, and what lies in S3",
    refusal: "a refusal is told by the stop reason, in no words of its own",
    "reasoning-usage": "Bedrock counts what was thought among all that was generated",
    seed: "Converse has no such parameter",
    penalties: "Converse has no such parameters",
  },
  lacksErrors: {
    "content-policy": "what a filter or a guardrail blocks is an answer with a stop reason, not an error",
  },
};
