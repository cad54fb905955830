import { openaiChat } from "@llmux/testkit";
import { describeConformance } from "@llmux/testkit/vitest";
import { {{identifier}} } from "./adapter.js";

describeConformance({
  adapter: ({ baseURL, apiKey }) => {{identifier}}({ baseURL: `${baseURL}/v1`, apiKey }),
  // CHANGE: the wire format of the provider. The kit brings several; its README says how to write one.
  dialect: openaiChat,
  model: "the-model",
  embedBatch: 2048,
  // CHANGE: what the provider can't do, each with the reason. The kit sees to it that the adapter then says so.
  lacks: {
    "count-tokens": "there is no such call",
    "file-url": "the provider takes a file's bytes only",
    "top-k": "the provider has no such parameter",
  },
});
