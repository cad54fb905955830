import type { AdapterFactory } from "@llmux/core";
import type { AdapterBackend, CallContext } from "@llmux/core/adapter";
import { defineAdapter } from "@llmux/core/adapter";
import type { OpenAIApi } from "@llmux/openai";
import { BODY_METADATA, CHOICE_METADATA, createOpenAIBackend, type WireHost } from "@llmux/openai/wire";
import type { ClientOptions, OpenAI } from "openai";
import { clientsFor, DEFAULT_API_VERSION } from "./clients.js";
import { type AzureEndpoint, type DeployedCall, parseEndpoint } from "./endpoint.js";
import type { AzureCredential } from "./entra.js";

/** What the application says of Azure OpenAI. */
export interface AzureConfig {
  /** The endpoint, or the full URL of a deployment: see {@link parseEndpoint}. From `AZURE_OPENAI_ENDPOINT`. */
  baseURL?: string | undefined;
  /** From `AZURE_OPENAI_API_KEY`. Without one, Microsoft Entra ID is asked for tokens. */
  apiKey?: string | undefined;
  /** The dated API's version. From `OPENAI_API_VERSION`; a version in the URL comes next. Default `2024-10-21`. */
  apiVersion?: string | undefined;
  /** The deployment that embeds, whatever model a call names. From `LLM_EMBEDDING_DEPLOYMENT_NAME`. */
  embeddingDeployment?: string | undefined;
  /** A credential of `@azure/identity`, for Microsoft Entra ID. Default: its `DefaultAzureCredential`. */
  credential?: AzureCredential | undefined;
  /** Gives tokens of Microsoft Entra ID, in place of a credential. */
  azureADTokenProvider?: (() => Promise<string>) | undefined;
  /** What tokens are asked for. Default that of Azure's public cloud: `https://cognitiveservices.azure.com/.default`. */
  scope?: string | undefined;
  /** The API for calls that don't say. Default that of the URL, else `chat`. */
  api?: OpenAIApi | undefined;
  /** Headers for every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Instead of the global one. */
  fetch?: ClientOptions["fetch"] | undefined;
  /** A ready `AzureOpenAI` of the SDK; the settings above but `api` and `embeddingDeployment` are then the client's own. */
  client?: OpenAI | undefined;
  /** The SDK refuses to run in a browser, where a key is open to all, unless this is true. */
  dangerouslyAllowBrowser?: boolean | undefined;
}

/** Azure OpenAI, through the official `openai` SDK. A model is the name of a deployment: `azure/<deployment>`. */
export const azure: AdapterFactory<AzureConfig> = defineAdapter<AzureConfig>({
  id: "azure",
  name: "Azure OpenAI",
  aliases: ["azure-openai", "azure_openai", "azureopenai"],
  embeddingModel: "text-embedding-3-small",
  env: {
    baseURL: {
      variables: ["AZURE_OPENAI_ENDPOINT"],
      type: "url",
      description: "https://NAME.openai.azure.com, or the full URL of a deployment",
    },
    apiKey: {
      variables: ["AZURE_OPENAI_API_KEY"],
      secret: true,
      description: "a key of the resource, or none for Microsoft Entra ID",
    },
    apiVersion: {
      variables: ["OPENAI_API_VERSION"],
      description: "a version such as 2024-10-21",
    },
    embeddingDeployment: { variables: [], description: "a deployment that embeds" },
  },
  required: ({ client }) => (client ? [] : ["baseURL"]),
  createBackend(config) {
    const { client, embeddingDeployment } = config;
    const endpoint = client ? undefined : parseEndpoint(config.baseURL as string);
    const backend = createOpenAIBackend({
      client: endpoint ? clientsFor(config, endpoint) : async () => client as OpenAI,
      host: hostFor(config, endpoint),
      api: config.api ?? endpoint?.api,
      calls: ["transcribe", "speak", "generateImage"],
      explain: async (...failure) => (await import("./explain.js")).explain(...failure),
    });
    return withDeployments(backend, {
      ...endpoint?.deployments,
      ...(embeddingDeployment && { embed: embeddingDeployment }),
    });
  },
});

/** A deployment that the URL names is the one that is asked, whatever the model is called. */
function withDeployments(backend: AdapterBackend, deployments: AzureEndpoint["deployments"]): AdapterBackend {
  for (const [call, model] of Object.entries(deployments) as [DeployedCall, string][]) {
    for (const name of call === "generate" ? (["generate", "stream"] as const) : [call]) {
      const make = backend[name] as (request: object, context: CallContext) => never;
      backend[name] = (request: object, context: CallContext) => make({ ...request, model }, context);
    }
  }
  return backend;
}

function hostFor(config: AzureConfig, endpoint: AzureEndpoint | undefined): WireHost {
  const version = config.apiVersion ?? endpoint?.apiVersion ?? DEFAULT_API_VERSION;
  // Both came with 2024-09-01-preview; a version before that refuses what it does not know.
  const old = endpoint?.kind === "deployments" && version < "2024-09-01";
  return {
    provider: "azure",
    maxTokens: old || endpoint?.kind === "models" ? "max_tokens" : undefined,
    streamUsage: !old,
    user: "user",
    bodyMetadata: [...BODY_METADATA, "prompt_filter_results"],
    choiceMetadata: [...CHOICE_METADATA, "content_filter_results", "content_filter_offsets"],
    messageMetadata: ["context"],
  };
}
