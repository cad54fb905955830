import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { OpenAIConfig } from "@llmux/openai";
import type { AnthropicBatchClient } from "../anthropic.js";

interface ClientOptions {
  apiKey: string;
  baseURL: string;
  maxRetries: number;
  fetch?: typeof globalThis.fetch | undefined;
}

type Client<T> = new (options: ClientOptions) => T;

/** The SDK that the adapter uses, which is a dependency of the adapter's and not of this package. */
async function sdkOf<T>(adapter: string, sdk: string): Promise<Client<T>> {
  const from = createRequire(createRequire(import.meta.url).resolve(`${adapter}/package.json`));
  return ((await import(pathToFileURL(from.resolve(sdk)).href)) as { default: Client<T> }).default;
}

// The SDK's own type, so that the compiler says whether the driver's idea of a client is its; that of the adapter for Anthropic has no batches.
export const openaiSDK = (): Promise<Client<NonNullable<OpenAIConfig["client"]>>> => sdkOf("@llmux/openai", "openai");
export const anthropicSDK = (): Promise<Client<AnthropicBatchClient>> => sdkOf("@llmux/anthropic", "@anthropic-ai/sdk");
