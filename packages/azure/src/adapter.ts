import type { AdapterFactory } from "@llmux/core";
import type { AdapterBackend, CallContext, LLMErrorFacts } from "@llmux/core/adapter";
import { defineAdapter } from "@llmux/core/adapter";
import type { OpenAIApi } from "@llmux/openai";
import { BODY_METADATA, CHOICE_METADATA, createOpenAIBackend, type WireHost } from "@llmux/openai/wire";
import type { ClientOptions, OpenAI } from "openai";
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

/** The newest dated version that is generally available (https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle). */
const DEFAULT_API_VERSION = "2024-10-21";

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
      description: "the resource's endpoint, https://NAME.openai.azure.com, or the full URL of a deployment",
    },
    apiKey: {
      variables: ["AZURE_OPENAI_API_KEY"],
      secret: true,
      description: "one of the resource's two keys, or nothing to sign in with Microsoft Entra ID",
    },
    apiVersion: {
      variables: ["OPENAI_API_VERSION"],
      description: `a version of the API, such as ${DEFAULT_API_VERSION}`,
    },
    embeddingDeployment: { variables: [], description: "the name of the deployment that embeds" },
  },
  required: ({ client }) => (client ? [] : ["baseURL"]),
  createBackend(config) {
    const endpoint = config.client ? undefined : parseEndpoint(config.baseURL as string);
    const { embeddingDeployment } = config;
    const backend = createOpenAIBackend({
      client: config.client ? clientOf(config.client) : clients(config, endpoint as AzureEndpoint),
      host: hostFor(config, endpoint),
      api: config.api ?? endpoint?.api,
      calls: ["transcribe", "speak", "generateImage"],
      explain: (facts, model) => explain(facts, model, endpoint?.baseURL ?? config.client?.baseURL),
    });
    return withDeployments(backend, {
      ...endpoint?.deployments,
      ...(embeddingDeployment !== undefined && { embed: embeddingDeployment }),
    });
  },
});

/** A deployment that the URL names is the one that is asked, whatever the model is called. */
function withDeployments(backend: AdapterBackend, deployments: AzureEndpoint["deployments"]): AdapterBackend {
  const named: AdapterBackend = { ...backend };
  for (const [call, model] of Object.entries(deployments) as [DeployedCall, string][]) {
    for (const name of call === "generate" ? (["generate", "stream"] as const) : [call]) {
      const make = backend[name] as (request: object, context: CallContext) => never;
      named[name] = (request: object, context: CallContext) => make({ ...request, model }, context);
    }
  }
  return named;
}

function hostFor(config: AzureConfig, endpoint: AzureEndpoint | undefined): WireHost {
  const version = versionOf(config, endpoint);
  const dated = endpoint?.kind === "deployments" ? (version ?? DEFAULT_API_VERSION) : undefined;
  // Both came with 2024-09-01-preview; a version before that refuses what it does not know.
  const old = dated !== undefined && dated < "2024-09-01";
  return {
    provider: "azure",
    maxTokens: old || endpoint?.kind === "models" ? "max_tokens" : "max_completion_tokens",
    streamUsage: !old,
    user: "user",
    bodyMetadata: [...BODY_METADATA, "prompt_filter_results"],
    choiceMetadata: [...CHOICE_METADATA, "content_filter_results", "content_filter_offsets"],
    messageMetadata: ["context"],
  };
}

function versionOf(config: AzureConfig, endpoint: AzureEndpoint | undefined): string | undefined {
  return config.apiVersion ?? endpoint?.apiVersion;
}

function clientOf(client: OpenAI): () => Promise<OpenAI> {
  return () => Promise.resolve(client);
}

/**
 * What no dated version that is generally available has, and what is asked for it in place of one: the API without dates, and its
 * version, where it is a preview there too (https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview-latest).
 */
const UNDATED: ReadonlyMap<string, string | undefined> = new Map([
  ["/responses", undefined],
  ["/audio/speech", "preview"],
  ["/images/edits", "preview"],
]);

/** The clients for the endpoint's API, and for what has to be asked for elsewhere. */
function clients(config: AzureConfig, endpoint: AzureEndpoint): (path: string) => Promise<OpenAI> {
  const made = new Map<string, Promise<OpenAI>>();
  const version = versionOf(config, endpoint);
  const make = (kind: AzureEndpoint["kind"], baseURL: string, version: string | undefined): Promise<OpenAI> => {
    const key = `${kind} ${version}`;
    const client = made.get(key) ?? createClient(config, kind, baseURL, version);
    made.set(key, client);
    return client;
  };
  return (path) =>
    version === undefined && endpoint.kind === "deployments" && UNDATED.has(path)
      ? make("v1", `${endpoint.baseURL}/v1`, UNDATED.get(path))
      : make(endpoint.kind, endpoint.baseURL, version);
}

async function createClient(
  config: AzureConfig,
  kind: AzureEndpoint["kind"],
  baseURL: string,
  version: string | undefined,
): Promise<OpenAI> {
  const { AzureOpenAI, OpenAI: Client } = await import("./sdk.js");
  const { apiKey, headers, fetch, dangerouslyAllowBrowser } = config;
  const tokens = apiKey === undefined ? await tokensOf(config) : undefined;
  // Nothing is left to the SDK's own reading of the environment.
  const common = {
    baseURL,
    adminAPIKey: null,
    organization: null,
    project: null,
    maxRetries: 0,
    ...(fetch && { fetch }),
    ...(dangerouslyAllowBrowser !== undefined && { dangerouslyAllowBrowser }),
  };
  if (kind === "deployments") {
    return new AzureOpenAI({
      ...common,
      // `undefined` would make the SDK look for a key in the environment, and refuse it beside a token provider.
      apiKey: apiKey ?? (null as never),
      ...(tokens && { azureADTokenProvider: tokens }),
      apiVersion: version ?? DEFAULT_API_VERSION,
      ...(headers && { defaultHeaders: headers }),
    });
  }
  // The v1 API knows no dates, only names such as `preview`.
  const query =
    kind === "models" ? (version ?? "2024-05-01-preview") : version && !/^\d/.test(version) ? version : undefined;
  return new Client({
    ...common,
    apiKey: apiKey ?? (tokens as () => Promise<string>),
    defaultHeaders: { ...(apiKey !== undefined && { authorization: null, "api-key": apiKey }), ...headers },
    ...(query !== undefined && { defaultQuery: { "api-version": query } }),
  });
}

/** Loaded only where there is no key. */
async function tokensOf({ azureADTokenProvider, credential, scope }: AzureConfig): Promise<() => Promise<string>> {
  const { explainFailures, tokenProvider } = await import("./entra.js");
  return explainFailures(azureADTokenProvider ?? tokenProvider(credential, scope));
}

function explain(facts: LLMErrorFacts, model: string | undefined, where: string | undefined): LLMErrorFacts {
  if (facts.code !== "DeploymentNotFound") return facts;
  const message = `There is no deployment named ${JSON.stringify(model)} at ${where}. ${facts.message}`;
  return { ...facts, kind: "not-found", message };
}
