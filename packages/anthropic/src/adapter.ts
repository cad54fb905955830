import { type AdapterFactory, defineAdapter } from "@llmux/core/adapter";
import { type AnthropicClient, createBackend } from "./backend.js";

/** How to reach Anthropic. What is left out is read from the environment. */
export interface AnthropicConfig {
  /** `ANTHROPIC_API_KEY`. Wins over `authToken` where both are there. */
  apiKey?: string | undefined;
  /** An OAuth or workload-identity token: `ANTHROPIC_AUTH_TOKEN`. */
  authToken?: string | undefined;
  /** `ANTHROPIC_BASE_URL`; default `https://api.anthropic.com`. A `/v1` at its end does no harm. */
  baseURL?: string | undefined;
  /** Headers of every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  fetch?: typeof fetch | undefined;
  /** A ready client of `@anthropic-ai/sdk`; the fields above are then its own business. */
  client?: AnthropicClient | undefined;
  /** The SDK refuses to run in a browser, where a key is no secret, unless this is true. */
  dangerouslyAllowBrowser?: boolean | undefined;
}

/** Anthropic's Messages API through `@anthropic-ai/sdk`. Prefix `anthropic` or `claude`. */
export const anthropic: AdapterFactory<AnthropicConfig> = defineAdapter<AnthropicConfig>({
  id: "anthropic",
  name: "Anthropic",
  aliases: ["claude"],
  models: ["claude-*"],
  env: {
    apiKey: {
      variables: ["ANTHROPIC_API_KEY"],
      secret: true,
      description: "an API key from https://platform.claude.com",
    },
    authToken: {
      variables: ["ANTHROPIC_AUTH_TOKEN"],
      secret: true,
      description: "an OAuth or workload-identity token",
    },
    baseURL: { variables: ["ANTHROPIC_BASE_URL"], type: "url", description: "a URL such as https://api.anthropic.com" },
  },
  required: ({ apiKey, authToken, client }) => (apiKey || authToken || client ? [] : ["apiKey"]),
  createBackend,
});
