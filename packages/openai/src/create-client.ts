import type { OpenAIConfig } from "./adapter.js";
import { keepErrorBodies } from "./error-bodies.js";
import { OpenAI } from "./sdk.js";

const DEFAULT_BASE_URL = "https://api.openai.com/v1";

/** Loaded with the first call, and the SDK with it. */
export function createClient(config: OpenAIConfig): OpenAI {
  const { apiKey, baseURL = DEFAULT_BASE_URL, organization, project, headers, fetch, dangerouslyAllowBrowser } = config;
  return new OpenAI({
    // Nothing is left to the SDK's own reading of the environment. It insists on a key; a server without one gets no header.
    apiKey: apiKey ?? "none",
    adminAPIKey: null,
    baseURL,
    organization: organization ?? null,
    project: project ?? null,
    maxRetries: 0,
    defaultHeaders: { ...(apiKey === undefined && { authorization: null }), ...headers },
    fetch: keepErrorBodies(fetch),
    ...(dangerouslyAllowBrowser !== undefined && { dangerouslyAllowBrowser }),
  });
}
