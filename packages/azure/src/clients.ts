import type { OpenAI } from "openai";
import type { AzureClientOptions } from "openai/azure";
import type { AzureConfig } from "./adapter.js";
import type { AzureEndpoint } from "./endpoint.js";

/** The newest dated version that is generally available (https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle). */
export const DEFAULT_API_VERSION = "2024-10-21";

/** The paths that no dated version that is generally available has. */
const UNDATED = /responses|speech|edits/;

/** The clients for the endpoint's API, and for what has to be asked for elsewhere. */
export function clientsFor(config: AzureConfig, endpoint: AzureEndpoint): (path: string) => Promise<OpenAI> {
  const version = config.apiVersion ?? endpoint.apiVersion;
  const dated = endpoint.kind === "deployments";
  let client: Promise<OpenAI> | undefined;
  let others: Promise<(path: string) => Promise<OpenAI>> | undefined;
  return async (path) => {
    if (dated && (version || !UNDATED.test(path))) {
      client ??= createDatedClient(config, endpoint.baseURL, version);
      return client;
    }
    others ??= import("./undated-clients.js").then(({ undatedClients }) => undatedClients(config, endpoint, version));
    return (await others)(path);
  };
}

async function createDatedClient(config: AzureConfig, baseURL: string, version: string | undefined): Promise<OpenAI> {
  const { AzureOpenAI } = await import("./sdk.js");
  const { apiKey, headers } = config;
  const tokens = apiKey === undefined && { azureADTokenProvider: (await import("./entra.js")).tokensOf(config) };
  return new AzureOpenAI({
    ...commonOptions(config, baseURL),
    // `undefined` would make the SDK look for a key in the environment, and refuse it beside a token provider.
    apiKey: apiKey ?? (null as never),
    ...tokens,
    apiVersion: version ?? DEFAULT_API_VERSION,
    defaultHeaders: headers,
  });
}

/** Nothing is left to the SDK's own reading of the environment. */
export function commonOptions({ fetch, dangerouslyAllowBrowser }: AzureConfig, baseURL: string): AzureClientOptions {
  return {
    baseURL,
    adminAPIKey: null,
    organization: null,
    project: null,
    maxRetries: 0,
    fetch,
    dangerouslyAllowBrowser,
  };
}
