import type { AdapterFactory } from "@llmux/core";
import type { AdapterBackend, EnvField, LLMErrorFacts } from "@llmux/core/adapter";
import { defineAdapter } from "@llmux/core/adapter";
import type { OpenAIApi } from "@llmux/openai";
import { BODY_METADATA, CHOICE_METADATA, createOpenAIBackend, type WireHost } from "@llmux/openai/wire";
import type { ClientOptions, OpenAI } from "openai";
import { baseURLOf } from "./base-url.js";
import { withDialect } from "./dialect.js";
import type { HostCall, HostRow } from "./host-row.js";

/** What the application says of a host. */
export interface HostConfig {
  /** From the host's own variables. Not needed with a `client`, or for a base URL other than the host's. */
  apiKey?: string | undefined;
  /** Default the host's own. */
  baseURL?: string | undefined;
  /** The API for calls that don't say. Default `chat`. */
  api?: OpenAIApi | undefined;
  /** Whether `<think>…</think>` at the beginning of a text is taken out of it as reasoning. Default: where the host is known for it. */
  thinkTags?: boolean | undefined;
  /** Headers for every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Instead of the global one. */
  fetch?: ClientOptions["fetch"] | undefined;
  /** A ready client of the SDK; key, base URL, headers and fetch are then the client's own. */
  client?: OpenAI | undefined;
  /** The SDK refuses to run in a browser, where a key is open to all, unless this is true. */
  dangerouslyAllowBrowser?: boolean | undefined;
}

/** An adapter for a host, and the row that it was made of. */
export type HostAdapter<Setting extends string = never> = AdapterFactory<
  HostConfig & { [Name in Setting]?: string | undefined }
> & { readonly row: HostRow<Setting> };

/**
 * Makes an adapter out of a row of data, for any host that speaks OpenAI's wire format:
 *
 * ```ts
 * const acme = defineHost({
 *   id: "acme",
 *   name: "Acme",
 *   docs: "https://acme.example/docs",
 *   baseURL: "https://api.acme.example/v1",
 *   keyVariables: ["ACME_API_KEY"],
 *   calls: ["listModels"],
 * });
 * ```
 */
export function defineHost<Setting extends string = never>(row: HostRow<Setting>): HostAdapter<Setting> {
  const { id, name, aliases, models, embeddingModel } = row as HostRow;
  const adapter = defineAdapter<HostConfig>({
    id,
    name,
    aliases,
    models,
    embeddingModel,
    env: envOf(row as HostRow),
    required: (config) => (config.client ? [] : missing(row as HostRow, config)) as (keyof HostConfig & string)[],
    createBackend: (config) => createHostBackend(row as HostRow, config),
  });
  return Object.defineProperty(adapter, "row", { value: row }) as unknown as HostAdapter<Setting>;
}

function envOf(row: HostRow): Record<string, EnvField> {
  const { name, keyURL, baseURL, keyVariables, baseURLVariables = [], settings = {} } = row;
  return {
    apiKey: {
      variables: keyVariables,
      secret: true,
      description: `a key of ${name}${keyURL ? ` from ${keyURL}` : ""}`,
    },
    baseURL: {
      variables: baseURLVariables,
      type: "url",
      description: `a URL such as ${baseURL ?? "https://api.example.com/v1"}`,
    },
    ...settings,
  };
}

/** A key is asked for where the requests go to the host itself; what stands behind another URL may need none. */
function missing(row: HostRow, config: HostConfig): string[] {
  if (config.baseURL !== undefined) return [];
  const settings = Object.entries(row.settings ?? {});
  const unset = settings.filter(([field, setting]) => !setting.default && !(config as Record<string, unknown>)[field]);
  return [
    ...(row.keyless ? [] : ["apiKey"]),
    ...unset.map(([field]) => field),
    ...(row.baseURL === undefined ? ["baseURL"] : []),
  ];
}

const OPTIONAL: readonly HostCall[] = ["embed", "listModels", "transcribe", "speak", "generateImage", "moderate"];

function createHostBackend(row: HostRow, config: HostConfig): AdapterBackend {
  const baseURL = config.client?.baseURL ?? baseURLOf(row, config.baseURL, config as Record<string, unknown>);
  let made: Promise<OpenAI> | undefined = config.client && Promise.resolve(config.client);
  const client = (): Promise<OpenAI> => (made ??= createClient(row, config, baseURL as string));
  const whole = createOpenAIBackend({
    client,
    host: wireOf(row),
    api: config.api ?? row.api,
    ...(row.local && { explain: (facts: LLMErrorFacts) => explain(row, facts, baseURL) }),
  });
  const backend: AdapterBackend = { ...whole };
  // What the host does not have is not offered.
  for (const call of OPTIONAL) if (!row.calls.includes(call)) delete backend[call];
  if (row.calls.includes("rerank"))
    backend.rerank = async (request, context) => (await import("./rerank.js")).rerank(client, row.id, request, context);
  return withDialect(backend, row, config.thinkTags ?? row.thinkTags !== undefined);
}

function wireOf(row: HostRow): WireHost {
  const tailored =
    row.names || row.refuses || row.reasoning || row.jsonObjectOnly || row.plainText || row.thinkTags === "return";
  const { body, choice, message, latest } = row.metadata ?? {};
  const searched = row.citations ? SEARCHED : [];
  return {
    provider: row.id,
    maxTokens: "max_tokens",
    user: "user",
    end: "usage",
    embedFormat: "float",
    chatTools: !row.responses,
    reasoningBudget: row.reasoningBudget,
    ...(row.thinkTags === "return" && { reasoning: "reasoning_content" as const }),
    bodyMetadata: [...BODY_METADATA, ...searched, ...(body ?? [])],
    choiceMetadata: [...CHOICE_METADATA, ...(choice ?? [])],
    messageMetadata: message,
    latestMetadata: [...searched, ...(latest ?? [])],
    ...row.wire,
    ...(tailored && {
      tailor: async (body, request, context) => (await import("./tailor.js")).tailor(row, body, request, context),
    }),
  };
}

const SEARCHED: readonly string[] = ["citations", "search_results", "related_questions", "images"];

function explain(row: HostRow, facts: LLMErrorFacts, baseURL: string | undefined): LLMErrorFacts {
  if (facts.kind !== "connection") return facts;
  const message = `${facts.message}. Is ${row.name} running at ${baseURL}? Another address is given by LLM_BASE_URL or baseURL`;
  return { ...facts, message };
}

async function createClient(row: HostRow, config: HostConfig, baseURL: string): Promise<OpenAI> {
  const { OpenAI: Client, keepErrorBodies } = await import("./sdk.js");
  const { apiKey, headers, fetch, dangerouslyAllowBrowser } = config;
  return new Client({
    // Nothing is left to the SDK's own reading of the environment. It insists on a key; a server without one gets no header.
    apiKey:
      row.auth && apiKey !== undefined ? (await import("./ibm-iam.js")).tokensOf(apiKey, fetch) : (apiKey ?? "none"),
    adminAPIKey: null,
    baseURL,
    organization: null,
    project: null,
    maxRetries: 0,
    defaultHeaders: { ...(apiKey === undefined && { authorization: null }), ...row.headers, ...headers },
    fetch: keepErrorBodies(fetch),
    ...(dangerouslyAllowBrowser !== undefined && { dangerouslyAllowBrowser }),
  });
}
