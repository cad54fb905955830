import type { ClientOptions } from "openai";
import type { Client } from "./sdk.js";

/** What the application says. */
export interface {{type}}Config {
  /** From `{{variable}}_API_KEY`. Not needed with a `client`. */
  apiKey?: string | undefined;
  /** From `{{variable}}_BASE_URL`. Default `https://api.{{file}}.example/v1`. */
  baseURL?: string | undefined;
  /** Instead of the global one. */
  fetch?: ClientOptions["fetch"] | undefined;
  /** A ready client of the SDK; key, base URL and fetch are then the client's own. */
  client?: Client | undefined;
}
