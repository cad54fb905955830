import { type ConformanceOptions, openaiChat, openaiResponses } from "@llmux/testkit";
import { openai } from "../adapter.js";

/** Through Chat Completions. */
export const conformanceOptions: ConformanceOptions = {
  adapter: ({ baseURL, apiKey }) => openai({ baseURL: `${baseURL}/v1`, apiKey }),
  dialect: openaiChat,
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

/** Through the Responses API. */
export const responsesConformanceOptions: ConformanceOptions = {
  adapter: ({ baseURL, apiKey }) => openai({ baseURL: `${baseURL}/v1`, apiKey, api: "responses" }),
  dialect: openaiResponses,
  model: "gpt-5.2",
  embeddingModel: "text-embedding-3-small",
  embedBatch: 2048,
  lacks: {
    "tool-errors": "there is no field for it: the words of the result say it",
    audio: "the Responses API takes none",
    "stop-sequences": "the Responses API has no such parameter",
    seed: "the Responses API has no such parameter",
    "count-tokens": "the adapter has none yet",
    "top-k": "the Responses API has no such parameter",
    penalties: "the Responses API has no such parameters",
  },
};
