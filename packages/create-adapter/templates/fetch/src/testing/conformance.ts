import type { ConformanceOptions } from "@llmux/testkit";
import { acmeId } from "../adapter.js";
import { dialect } from "./dialect.js";

export const conformanceOptions: ConformanceOptions = {
  adapter: ({ baseURL, apiKey }) => acmeId({ baseURL: `${baseURL}/v1`, apiKey }),
  dialect,
  model: "kit-model",
  embedBatch: 96,
  // CHANGE: what the provider can't do. The kit sees to it that the adapter then says so.
  lacks: {
    audio: "the provider takes text and images",
    "count-tokens": "there is no such call",
    "file-bytes": "the provider takes text and images",
    "file-url": "the provider takes text and images",
    penalties: "there are no such parameters",
    "reasoning-effort": "the models think as much as they like",
    "reasoning-handback": "the provider takes no reasoning back",
    refusal: "a refusal is a text like any other",
  },
};
