import { describeConformance } from "@llmux/testkit/vitest";
import { {{identifier}} } from "./adapter.js";
import { dialect } from "./testing/dialect.js";

describeConformance({
  adapter: ({ baseURL, apiKey }) => {{identifier}}({ baseURL: `${baseURL}/v1`, apiKey }),
  dialect,
  model: "the-model",
  embedBatch: 96,
  // CHANGE: what the provider can't do, each with the reason. The kit sees to it that the adapter then says so.
  lacks: {
    "count-tokens": "there is no such call",
  },
});
