import { type ConformanceOptions, ollamaChat } from "@llmux/testkit";
import { ollama } from "../adapter.js";

const NO_FILTER = "Ollama filters nothing";

export const conformanceOptions: ConformanceOptions = {
  adapter: ({ baseURL, apiKey }) => ollama({ baseURL, apiKey }),
  dialect: ollamaChat,
  model: "qwen3-vl",
  embeddingModel: "qwen3-embedding",
  lacks: {
    "tool-choice": "Ollama can't be told which tool to call",
    "tool-errors": "a tool's message has no field for it: the words of the result say it",
    "tool-input-text": "a tool's arguments come as an object, which can't be broken",
    "image-url": "Ollama takes images by their bytes only",
    "file-bytes": "Ollama takes no files",
    "file-url": "Ollama takes no files",
    audio: "Ollama takes none",
    refusal: "a refusal is a text like any other",
    "cache-usage": "Ollama counts no cached tokens",
    "reasoning-usage": "Ollama counts what was thought among all that was generated",
    "count-tokens": "there is no such call",
    "request-id": "Ollama gives its requests no ids",
  },
  skip: { "generate-a-content-filter": NO_FILTER, "stream-a-content-filter": NO_FILTER },
  lacksErrors: { "content-policy": "Ollama judges no content" },
};
