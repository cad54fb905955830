import {
  type Adapter,
  type AdapterDefinition,
  type AdapterFactory,
  defineAdapter,
  type EnvField,
} from "@llmux/core/adapter";
import { type AnthropicClient, createBackend } from "./backend.js";

/** How to reach Anthropic. What is left out is read from the environment. */
export interface AnthropicConfig {
  /** `ANTHROPIC_API_KEY`. Wins over `authToken` where both are given, or both come from the environment. */
  apiKey?: string | undefined;
  /** An OAuth or workload-identity token: `ANTHROPIC_AUTH_TOKEN`. Where it is given here, no key is read from the environment. */
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

const apiKey: EnvField = {
  variables: ["ANTHROPIC_API_KEY"],
  secret: true,
  description: "an API key from https://platform.claude.com",
};

const definition: AdapterDefinition<AnthropicConfig> = {
  id: "anthropic",
  name: "Anthropic",
  aliases: ["claude"],
  models: ["claude-*"],
  env: {
    authToken: {
      variables: ["ANTHROPIC_AUTH_TOKEN"],
      secret: true,
      description: "an OAuth or workload-identity token",
    },
    baseURL: { variables: ["ANTHROPIC_BASE_URL"], type: "url", description: "a URL such as https://api.anthropic.com" },
  },
  required: ({ apiKey, authToken, client }) => (apiKey || authToken || client ? [] : ["apiKey"]),
  createBackend,
};

const withToken = defineAdapter(definition);
const withKey = defineAdapter({ ...definition, env: { apiKey, ...definition.env } });

/** Anthropic's Messages API through `@anthropic-ai/sdk`. Prefix `anthropic` or `claude`. */
export const anthropic: AdapterFactory<AnthropicConfig> = Object.defineProperties(
  // With a token that the application itself gives, no key is looked for in the environment.
  (config?: AnthropicConfig): Adapter =>
    (config?.authToken && config.apiKey === undefined ? withToken : withKey)(config),
  Object.getOwnPropertyDescriptors(withKey),
) as AdapterFactory<AnthropicConfig>;
