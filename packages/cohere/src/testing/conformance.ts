import { type ConformanceOptions, cohereChat } from "@llmux/testkit";
import { cohere } from "../adapter.js";

const NO_FILTER = "Cohere has no finish reason for it: what it filters it does not answer";

export const conformanceOptions: ConformanceOptions = {
  adapter: ({ baseURL, apiKey }) => cohere({ baseURL, apiKey }),
  dialect: cohereChat,
  model: "command-a-03-2025",
  embeddingModel: "embed-v4.0",
  embedBatch: 96,
  lacks: {
    "tool-errors": "a tool's message has no field for it: the words of the result say it",
    "file-bytes": "Cohere's chat takes no files",
    "file-url": "Cohere's chat takes no files",
    audio: "Cohere's chat takes none",
    refusal: "a refusal is a text like any other",
    "reasoning-usage": "Cohere counts what was thought among all that was generated",
    "count-tokens": "Cohere counts the tokens of a bare text, not of a conversation",
    "request-id": "Cohere names requests in errors only",
  },
  skip: {
    "generate-a-content-filter": NO_FILTER,
    "stream-a-content-filter": NO_FILTER,
    "tool-choice": "Cohere can be made to call tools or kept from it, but not told which: naming one is unsupported",
    "parameter-reasoning-effort":
      "Cohere's models think or don't, and count: the adapter warns that an effort is no more than that",
  },
};
