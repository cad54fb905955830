import type { Adapter } from "@llmux/core";
import type { ConformanceOptions } from "../conformance-options.js";
import { openaiChat } from "../dialects/openai-chat.js";
import { reference } from "./reference/adapter.js";

export const REFERENCE_LACKS: NonNullable<ConformanceOptions["lacks"]> = {
  "file-url": "the host takes a file's bytes only",
  "top-k": "the host has no such parameter",
  "count-tokens": "there is no such call",
};

type Make = (config: { baseURL: string; apiKey: string }) => Adapter;

/** How the kit is run on the reference adapter, or on one that was made of it. */
export function referenceOptions(make: Make = reference, more: Partial<ConformanceOptions> = {}): ConformanceOptions {
  return {
    adapter: ({ baseURL, apiKey }) => make({ baseURL: `${baseURL}/v1`, apiKey }),
    dialect: openaiChat,
    model: "reference-1",
    embedBatch: 8,
    ...more,
    lacks: { ...REFERENCE_LACKS, ...more.lacks },
  };
}
