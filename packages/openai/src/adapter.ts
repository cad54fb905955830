import type { AdapterFactory } from "@llmux/core/adapter";
import { defineAdapter } from "@llmux/core/adapter";
import type OpenAI from "openai";
import type { ClientOptions } from "openai";
import { createOpenAIBackend } from "./backend.js";
import { hostFor, isOpenAI } from "./host.js";
import type { OpenAIApi } from "./options.js";

/** What the application says of OpenAI, or of a server that speaks its wire format. */
export interface OpenAIConfig {
  /** From `OPENAI_API_KEY`. Not needed with a `client`, or for a base URL other than OpenAI's. */
  apiKey?: string | undefined;
  /** From `OPENAI_BASE_URL`. Default `https://api.openai.com/v1`. */
  baseURL?: string | undefined;
  /** From `OPENAI_ORG_ID`. */
  organization?: string | undefined;
  /** From `OPENAI_PROJECT_ID`. */
  project?: string | undefined;
  /** The API for calls that don't say. Default `chat`, and `responses` where a model or a tool needs it. */
  api?: OpenAIApi | undefined;
  /** Headers for every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Instead of the global one. */
  fetch?: ClientOptions["fetch"] | undefined;
  /** A ready client of the SDK; the other settings but `api` are then the client's own. */
  client?: OpenAI | undefined;
  /** The SDK refuses to run in a browser, where a key is open to all, unless this is true. */
  dangerouslyAllowBrowser?: boolean | undefined;
}

/** OpenAI, and any server that speaks its wire format (`baseURL`), through the official `openai` SDK. */
// Marked pure, so that bundlers leave it out of programs that use `@llmux/openai/wire` alone.
export const openai: AdapterFactory<OpenAIConfig> = /* @__PURE__ */ defineAdapter<OpenAIConfig>({
  id: "openai",
  name: "OpenAI",
  models: [
    "gpt-*",
    "chatgpt-*",
    "o1*",
    "o3*",
    "o4*",
    "codex-*",
    "computer-use-*",
    "davinci-002",
    "babbage-002",
    "ft:*",
    "text-embedding-*",
    "whisper-1",
    "tts-1*",
    "dall-e-*",
    "omni-moderation-*",
    "text-moderation-*",
  ],
  embeddingModel: "text-embedding-3-small",
  env: {
    apiKey: {
      variables: ["OPENAI_API_KEY"],
      secret: true,
      description: "an API key from https://platform.openai.com/api-keys",
    },
    baseURL: { variables: ["OPENAI_BASE_URL"], type: "url", description: "a URL such as https://api.openai.com/v1" },
    organization: { variables: ["OPENAI_ORG_ID"], description: "the id of an organization, org-…" },
    project: { variables: ["OPENAI_PROJECT_ID"], description: "the id of a project, proj_…" },
  },
  required: ({ client, baseURL }) => (client || !isOpenAI(baseURL) ? [] : ["apiKey"]),
  createBackend(config) {
    let client: Promise<OpenAI> | undefined = config.client && Promise.resolve(config.client);
    return createOpenAIBackend({
      client: () => (client ??= import("./create-client.js").then(({ createClient }) => createClient(config))),
      host: hostFor("openai", config.client?.baseURL ?? config.baseURL),
      api: config.api,
    });
  },
});
