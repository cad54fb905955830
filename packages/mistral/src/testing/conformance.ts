import { type ConformanceOptions, mistral as mistralDialect } from "@llmux/testkit";
import { mistral } from "../adapter.js";

export const conformanceOptions: ConformanceOptions = {
  adapter: ({ baseURL, apiKey }) => mistral({ baseURL, apiKey }),
  dialect: mistralDialect,
  model: "mistral-large-latest",
  embeddingModel: "codestral-embed",
  lacks: {
    "tool-errors": "a tool's message has no field for it: the words of the result say it",
    refusal: "a refusal is a text like any other",
    "reasoning-usage": "Mistral counts what was thought among all that was generated",
    "top-k": "Mistral has no such parameter",
    "count-tokens": "there is no such call",
  },
  lacksErrors: { "content-policy": "what a guardrail blocks is not told by an error of its own" },
};
