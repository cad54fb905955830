import { type ConformanceOptions, huggingface as huggingfaceDialect } from "@llmux/testkit";
import { huggingface } from "../adapter.js";

export const conformanceOptions: ConformanceOptions = {
  adapter: ({ baseURL, apiKey }) => huggingface({ baseURL, apiKey }),
  dialect: huggingfaceDialect,
  model: "openai/gpt-oss-120b",
  embeddingModel: "sentence-transformers/all-MiniLM-L6-v2",
  embedBatch: 32,
  lacks: {
    "tool-errors": "a tool's message has no field for it: the words of the result say it",
    "file-bytes": "the chat of the router takes no files",
    "file-url": "the chat of the router takes no files",
    audio: "the chat of the router takes none",
    "top-k": "the router has no such parameter",
    "embedding-usage": "feature extraction counts nothing",
    "count-tokens": "there is no such call",
  },
  lacksErrors: { "content-policy": "the router judges no content" },
};
