import { type ConformanceOptions, openaiChat } from "@llmux/testkit";
import { acmeId } from "../adapter.js";

export const conformanceOptions: ConformanceOptions = {
  adapter: ({ baseURL, apiKey }) => acmeId({ baseURL: `${baseURL}/v1`, apiKey }),
  dialect: openaiChat,
  model: "kit-model",
  // CHANGE: what the host can't do. The kit sees to it that the adapter then says so.
  lacks: {
    "count-tokens": "there is no such call",
    "file-url": "Chat Completions takes a file's bytes or its id",
    "tool-errors": "there is no field for it: the words of the result say it",
  },
};
