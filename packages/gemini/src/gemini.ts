import type { AdapterFactory } from "@llmux/core";
import { defineAdapter } from "@llmux/core/adapter";
import { createGoogleBackend } from "./backend.js";
import { splitVersion } from "./base-url.js";
import { Connection, type GoogleClient } from "./connection.js";

/** Not the SDK's own default, `v1`, which has neither all models nor JSON Schema for tools. https://ai.google.dev/gemini-api/docs/api-versions */
const DEFAULT_API_VERSION = "v1beta";

/** How to reach the Gemini API. What is left out is read from the environment. */
export interface GeminiConfig {
  /** `GEMINI_API_KEY`, `GOOGLE_API_KEY` or `GOOGLE_GENERATIVE_AI_API_KEY`. */
  apiKey?: string | undefined;
  /** `GOOGLE_GEMINI_BASE_URL`; default `https://generativelanguage.googleapis.com`. A version at its end is the API's. */
  baseURL?: string | undefined;
  /** `GOOGLE_GENAI_API_VERSION`; default `v1beta`. */
  apiVersion?: string | undefined;
  /** Headers of every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  fetch?: typeof fetch | undefined;
  /** A ready `GoogleGenAI` of `@google/genai`; the key, the URL and the version are then its own business. It does not retry here. */
  client?: GoogleClient | undefined;
}

/** The Gemini API (Google AI Studio) through `@google/genai`. Prefix `gemini`, `google` or `google_ai_studio`. */
export const gemini: AdapterFactory<GeminiConfig> = defineAdapter<GeminiConfig>({
  id: "gemini",
  name: "Google Gemini",
  aliases: ["google", "google_ai_studio"],
  models: ["gemini-*"],
  embeddingModel: "gemini-embedding-001",
  env: {
    apiKey: {
      variables: ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"],
      secret: true,
      description: "an API key from https://aistudio.google.com/apikey",
    },
    baseURL: {
      variables: ["GOOGLE_GEMINI_BASE_URL"],
      type: "url",
      description: "a URL such as https://generativelanguage.googleapis.com",
    },
    apiVersion: { variables: ["GOOGLE_GENAI_API_VERSION"], description: "a version of the API, such as v1beta" },
  },
  required: ({ apiKey, client }) => (apiKey || client ? [] : ["apiKey"]),
  createBackend: (config) =>
    createGoogleBackend({ provider: "gemini", connection: new Connection(config, () => createClient(config)) }),
});

async function createClient({ apiKey, baseURL, apiVersion }: GeminiConfig): Promise<GoogleClient> {
  const { GoogleGenAI } = await import("./sdk-web.js");
  const url = baseURL === undefined ? undefined : splitVersion(baseURL);
  return new GoogleGenAI({
    apiKey: apiKey as string,
    apiVersion: apiVersion ?? url?.apiVersion ?? DEFAULT_API_VERSION,
    ...(url && { httpOptions: { baseUrl: url.baseURL } }),
  });
}
