import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { AnthropicBatchClient } from "../anthropic.js";
import type { OpenAIBatchClient } from "../openai.js";

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

export const openaiSDK = (): Promise<Client<OpenAIBatchClient>> => sdkOf("@llmux/openai", "openai");
export const anthropicSDK = (): Promise<Client<AnthropicBatchClient>> => sdkOf("@llmux/anthropic", "@anthropic-ai/sdk");
