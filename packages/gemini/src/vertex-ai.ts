import type { GoogleGenAIOptions } from "@google/genai";
import type { AdapterFactory } from "@llmux/core";
import { defineAdapter, isLLMError, LLMError } from "@llmux/core/adapter";
import { createGoogleBackend } from "./backend.js";
import { splitVersion } from "./base-url.js";
import { Connection, type GoogleClient } from "./connection.js";
import { withClaude } from "./with-claude.js";

/** How to reach Vertex AI. What is left out is read from the environment. */
export interface VertexAIConfig {
  /** The Google Cloud project's id: `GOOGLE_CLOUD_PROJECT`, `VERTEXAI_PROJECT` or `GOOGLE_VERTEX_PROJECT`. */
  project?: string | undefined;
  /** A region, or `global`, the default: `GOOGLE_CLOUD_LOCATION`, `VERTEXAI_LOCATION` or `GOOGLE_VERTEX_LOCATION`. */
  location?: string | undefined;
  /** An API key of Google Cloud, with or without a project: `GOOGLE_VERTEX_API_KEY`. */
  apiKey?: string | undefined;
  /** An API key that is used where there is no project, for Vertex AI in express mode: `GOOGLE_API_KEY`. */
  expressKey?: string | undefined;
  /** An OAuth token, or what gives one for each request; it wins over all else. `GOOGLE_OAUTH_ACCESS_TOKEN`. */
  accessToken?: string | (() => Promise<string>) | undefined;
  /** For Google's authentication library: `credentials`, `keyFilename`, … Default: Application Default Credentials. */
  googleAuthOptions?: GoogleGenAIOptions["googleAuthOptions"];
  /** `GOOGLE_VERTEX_BASE_URL` or `VERTEXAI_API_BASE`; default the location's own. A version at its end is the API's. */
  baseURL?: string | undefined;
  /** `GOOGLE_GENAI_API_VERSION`; default `v1beta1`. */
  apiVersion?: string | undefined;
  /** Headers of every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  fetch?: typeof fetch | undefined;
  /** A ready `GoogleGenAI` for Vertex AI; all but `project` and `location`, which Claude needs, is then its own business. */
  client?: GoogleClient | undefined;
}

/** Vertex AI through `@google/genai`: Gemini, and with `@llmux/anthropic` Claude. Prefix `vertex_ai`, `vertex` or `vertexai`. */
export const vertexAI: AdapterFactory<VertexAIConfig> = defineAdapter<VertexAIConfig>({
  id: "vertex_ai",
  name: "Google Vertex AI",
  aliases: ["vertex", "vertexai", "vertex_ai_beta"],
  embeddingModel: "gemini-embedding-001",
  env: {
    project: {
      variables: ["GOOGLE_CLOUD_PROJECT", "VERTEXAI_PROJECT", "GOOGLE_VERTEX_PROJECT"],
      description: "the id of a Google Cloud project, or an API key in GOOGLE_API_KEY for express mode",
    },
    location: {
      variables: ["GOOGLE_CLOUD_LOCATION", "VERTEXAI_LOCATION", "GOOGLE_VERTEX_LOCATION"],
      description: "a location of Vertex AI, such as us-central1 or global",
    },
    apiKey: { variables: ["GOOGLE_VERTEX_API_KEY"], secret: true, description: "an API key of Google Cloud" },
    expressKey: {
      variables: ["GOOGLE_API_KEY"],
      secret: true,
      description: "an API key for Vertex AI in express mode, used where there is no project",
    },
    accessToken: {
      variables: ["GOOGLE_OAUTH_ACCESS_TOKEN"],
      secret: true,
      description: "an OAuth access token, as of `gcloud auth print-access-token`",
    },
    baseURL: {
      variables: ["GOOGLE_VERTEX_BASE_URL", "VERTEXAI_API_BASE"],
      type: "url",
      description: "a URL such as https://us-central1-aiplatform.googleapis.com",
    },
    apiVersion: { variables: ["GOOGLE_GENAI_API_VERSION"], description: "a version of the API, such as v1beta1" },
  },
  required: ({ project, apiKey, expressKey, client }) => (project || apiKey || expressKey || client ? [] : ["project"]),
  createBackend(config) {
    const connection = new Connection(config, () => createClient(config));
    return withClaude(createGoogleBackend({ provider: "vertex_ai", connection }), config, connection);
  },
});

async function createClient(config: VertexAIConfig): Promise<GoogleClient> {
  const { project, location, accessToken, baseURL, apiVersion } = config;
  const url = baseURL === undefined ? undefined : splitVersion(baseURL);
  const version = apiVersion ?? url?.apiVersion;
  const common = {
    vertexai: true,
    ...(version && { apiVersion: version }),
    ...(url && { httpOptions: { baseUrl: url.baseURL } }),
  };
  const apiKey = accessToken === undefined ? (config.apiKey ?? (project ? undefined : config.expressKey)) : undefined;
  if (apiKey !== undefined && !project) {
    const { GoogleGenAI } = await import("./sdk-web.js");
    return new GoogleGenAI({ ...common, apiKey });
  }
  const { GoogleGenAI } = await import("./sdk-node.js");
  const googleAuthOptions = accessToken === undefined ? config.googleAuthOptions : tokenAuth(accessToken);
  return new GoogleGenAI({
    ...common,
    project: project as string,
    location: location ?? "global",
    ...(apiKey !== undefined ? { apiKey } : googleAuthOptions && { googleAuthOptions }),
  });
}

/** A token in place of the authentication library's search for credentials: it uses nothing else of a client. */
function tokenAuth(
  token: NonNullable<VertexAIConfig["accessToken"]>,
): NonNullable<VertexAIConfig["googleAuthOptions"]> {
  const authClient = {
    getRequestHeaders: async () =>
      new Headers({ authorization: `Bearer ${typeof token === "string" ? token : await ask(token)}` }),
  };
  return { authClient: authClient as never };
}

/** @throws LLMError `authentication` where the application's own function fails */
async function ask(token: () => Promise<string>): Promise<string> {
  try {
    return await token();
  } catch (cause) {
    if (isLLMError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LLMError({
      kind: "authentication",
      message: `Can't get an access token for Vertex AI: ${reason}`,
      cause,
    });
  }
}
