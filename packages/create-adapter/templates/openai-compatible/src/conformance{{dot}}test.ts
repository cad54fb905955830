import { openaiChat } from "@llmux/testkit";
import { describeConformance } from "@llmux/testkit/vitest";
import { {{identifier}} } from "./adapter.js";

describeConformance({
  adapter: ({ baseURL, apiKey }) => {{identifier}}({ baseURL: `${baseURL}/v1`, apiKey }),
  dialect: openaiChat,
  model: "the-model",
  // CHANGE: what the host can't do, each with the reason. The kit sees to it that the adapter then says so.
  lacks: {
    "count-tokens": "there is no such call",
    "file-url": "the wire format has files by their bytes only",
    "tool-errors": "the wire format has no field for it: the words of the result say it",
    "top-k": "the wire format has no such parameter",
  },
});
