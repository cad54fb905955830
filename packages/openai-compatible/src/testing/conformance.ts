import { type ConformanceOptions, openaiChat } from "@llmux/testkit";
import { deepseek } from "../hosts/deepseek.js";
import { groq } from "../hosts/groq.js";
import { vllm } from "../hosts/hosted-vllm.js";
import { openaiCompatible } from "../hosts/openai-compatible.js";
import { openrouter } from "../hosts/openrouter.js";

const lacks = {
  "tool-errors": "Chat Completions has no field for it: the words of the result say it",
  "file-url": "Chat Completions takes a file's bytes or its id",
  "count-tokens": "there is no such call",
} as const;

/** One host of each kind: any server, one with a fast lane of its own, one that thinks, a gateway, one on one's own machine. */
export const conformanceOptions: readonly ConformanceOptions[] = [
  {
    adapter: ({ baseURL, apiKey }) => openaiCompatible({ baseURL: `${baseURL}/v1`, apiKey }),
    dialect: openaiChat,
    model: "kit-model",
    lacks,
  },
  {
    adapter: ({ baseURL, apiKey }) => groq({ baseURL: `${baseURL}/openai/v1`, apiKey }),
    dialect: openaiChat,
    model: "openai/gpt-oss-120b",
    lacks: { ...lacks, embeddings: "Groq has no embeddings", "top-k": "Groq has no such parameter" },
  },
  {
    adapter: ({ baseURL, apiKey }) => deepseek({ baseURL, apiKey }),
    dialect: openaiChat,
    model: "deepseek-reasoner",
    lacks: { ...lacks, embeddings: "DeepSeek has no embeddings", "top-k": "DeepSeek has no such parameter" },
  },
  {
    adapter: ({ baseURL, apiKey }) => openrouter({ baseURL: `${baseURL}/api/v1`, apiKey }),
    dialect: openaiChat,
    model: "anthropic/claude-sonnet-4.6",
    lacks,
  },
  {
    adapter: ({ baseURL, apiKey }) => vllm({ baseURL: `${baseURL}/v1`, apiKey }),
    dialect: openaiChat,
    model: "Qwen/Qwen3-8B",
    lacks,
  },
];
