import { anthropic } from "@llmux/anthropic";
import { openai } from "@llmux/openai";
import { anthropicBatch } from "../anthropic.js";
import type { BatchDriver } from "../batch-driver.js";
import { openaiBatch } from "../openai.js";
import { anthropicSDK, openaiSDK } from "./sdks.js";

const OpenAI = await openaiSDK();
const Anthropic = await anthropicSDK();

/** Of a form that nobody could tell for a key. */
export const API_KEY = "correct-horse-battery";

/** Each provider's driver at a `BatchServer`, with a client that would retry by itself. */
export const DRIVERS: Readonly<Record<"openai" | "anthropic", (url: string) => BatchDriver>> = {
  openai: (url) =>
    openaiBatch({
      client: new OpenAI({ apiKey: API_KEY, baseURL: `${url}/v1`, maxRetries: 1 }),
      adapter: (fetch) => openai({ fetch, apiKey: "unused" }),
    }),
  anthropic: (url) =>
    anthropicBatch({
      client: new Anthropic({ apiKey: API_KEY, baseURL: url, maxRetries: 1 }),
      adapter: (fetch) => anthropic({ fetch, apiKey: "unused" }),
    }),
};

/** A model of each provider's. */
export const MODELS: Readonly<Record<keyof typeof DRIVERS, string>> = {
  openai: "openai/gpt-4o",
  anthropic: "anthropic/claude-sonnet-5",
};
