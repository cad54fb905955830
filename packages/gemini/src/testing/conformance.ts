import { type ConformanceOptions, gemini as geminiDialect, vertexGemini } from "@llmux/testkit";
import { gemini } from "../gemini.js";
import { vertexAI } from "../vertex-ai.js";

const lacks = {
  "tool-input-text": "a tool's arguments come as an object, which can't be broken",
  refusal: "a refusal is told by the finish reason, in no words of its own",
  "request-id": "Google gives its answers ids, its requests none",
} as const;

const lacksErrors = {
  "content-policy": "a blocked prompt is an answer with a reason and no words, not an error",
} as const;

export const conformanceOptions: readonly ConformanceOptions[] = [
  {
    adapter: ({ baseURL, apiKey }) => gemini({ baseURL, apiKey }),
    dialect: geminiDialect,
    model: "gemini-3-flash-preview",
    embeddingModel: "gemini-embedding-001",
    embedBatch: 100,
    lacks: { ...lacks, "embedding-usage": "the Gemini API does not count what it embeds" },
    lacksErrors,
  },
  {
    adapter: ({ baseURL, apiKey }) => vertexAI({ baseURL, accessToken: apiKey, project: "kit", location: "global" }),
    dialect: vertexGemini,
    model: "gemini-3-flash-preview",
    embeddingModel: "text-embedding-005",
    embedBatch: 250,
    lacks,
    lacksErrors,
  },
];
