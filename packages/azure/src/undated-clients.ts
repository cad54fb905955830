import type { OpenAI } from "openai";
import type { AzureConfig } from "./adapter.js";
import { commonOptions } from "./clients.js";
import type { AzureEndpoint } from "./endpoint.js";

/**
 * What is asked of the API without dates in place of a dated one, and its version, where it is a preview there too
 * (https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview-latest).
 */
const VERSIONS: ReadonlyMap<string, string | undefined> = new Map([
  ["/responses", undefined],
  ["/audio/speech", "preview"],
  ["/images/edits", "preview"],
]);

/** Clients for APIs without dates: an endpoint's own, or that beside a dated one. */
export function undatedClients(
  config: AzureConfig,
  { kind, baseURL }: AzureEndpoint,
  version: string | undefined,
): (path: string) => Promise<OpenAI> {
  const made = new Map<string | undefined, Promise<OpenAI>>();
  return (path) => {
    const query = queryOf(kind, kind === "deployments" ? VERSIONS.get(path) : version);
    const client = made.get(query) ?? createClient(config, kind === "deployments" ? `${baseURL}/v1` : baseURL, query);
    made.set(query, client);
    return client;
  };
}

/** The v1 API knows no dates, only names such as `preview`. */
function queryOf(kind: AzureEndpoint["kind"], version: string | undefined): string | undefined {
  if (kind === "models") return version ?? "2024-05-01-preview";
  return version && !/^\d/.test(version) ? version : undefined;
}

async function createClient(config: AzureConfig, baseURL: string, query: string | undefined): Promise<OpenAI> {
  const { OpenAI: Client } = await import("./sdk.js");
  const { apiKey, headers } = config;
  return new Client({
    ...commonOptions(config, baseURL),
    apiKey: apiKey ?? (await import("./entra.js")).tokensOf(config),
    defaultHeaders: { ...(apiKey !== undefined && { authorization: null, "api-key": apiKey }), ...headers },
    ...(query !== undefined && { defaultQuery: { "api-version": query } }),
  });
}
