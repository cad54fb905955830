import { azure as azureDialect, type ConformanceOptions } from "@llmux/testkit";
import { azure } from "../adapter.js";

export const conformanceOptions: ConformanceOptions = {
  adapter: ({ baseURL, apiKey }) => azure({ baseURL, apiKey, apiVersion: "2025-03-01-preview" }),
  dialect: azureDialect,
  model: "gpt-4o",
  embeddingModel: "text-embedding-3-small",
  embedBatch: 2048,
  lacks: {
    "tool-errors": "Chat Completions has no field for it: the words of the result say it",
    "file-url": "Chat Completions takes a file's bytes or its id; the Responses API takes URLs too",
    "reasoning-handback": "Chat Completions takes no reasoning back; the Responses API does",
    "top-k": "Chat Completions has no such parameter",
    "count-tokens": "there is no such call",
  },
};
