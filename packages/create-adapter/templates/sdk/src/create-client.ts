import type { {{type}}Config } from "./config.js";
import { Client } from "./sdk.js";

/** CHANGE: where the API is. */
const BASE_URL = "https://api.{{file}}.example/v1";

/** Loaded with the first call, and the SDK with it. */
export function createClient({ apiKey, baseURL = BASE_URL, fetch }: {{type}}Config): Client {
  return new Client({
    // CHANGE: nothing is left to the SDK's own reading of the environment, and only core tries again.
    apiKey: apiKey ?? "none",
    adminAPIKey: null,
    baseURL,
    organization: null,
    project: null,
    maxRetries: 0,
    fetch,
  });
}
