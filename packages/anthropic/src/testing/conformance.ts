import { anthropicMessages, type ConformanceOptions } from "@llmux/testkit";
import { anthropic } from "../adapter.js";

export const conformanceOptions: ConformanceOptions = {
  adapter: ({ baseURL, apiKey }) => anthropic({ baseURL, apiKey }),
  dialect: anthropicMessages,
  model: "claude-sonnet-4-6",
  lacks: {
    "tool-input-text": "a whole answer has a tool's arguments as an object, which can't be broken",
    audio: "the Messages API takes none",
    refusal: "a refusal is told by the stop reason, in no words of its own",
    seed: "the Messages API has no such parameter",
    penalties: "the Messages API has no such parameters",
    embeddings: "Anthropic has no embeddings",
  },
};
