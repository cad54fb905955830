import { RETRY_DEFAULTS } from "./retry-defaults.js";

/** A variable of the application's own, as documentation and `doctor` show it. */
export interface EnvVariable {
  name: string;
  description: string;
  default: string | undefined;
  secret: boolean;
}

/** The nine variables by which any application is configured. */
export const ENV_VARIABLES: readonly EnvVariable[] = [
  variable("LLM_MODEL", "which model, as prefix/model"),
  { ...variable("LLM_API_KEY", "the provider's API key"), secret: true },
  variable("LLM_BASE_URL", "the provider's endpoint", "the provider's own"),
  variable("LLM_EMBEDDING_MODEL", "which model embeds, as prefix/model"),
  variable("LLM_EMBEDDING_DEPLOYMENT_NAME", "the Azure deployment that embeds"),
  variable("LLM_API_VERSION", "Azure's API version", "the adapter's own"),
  variable("LLM_NUM_RETRIES", "retries after the first attempt", String(RETRY_DEFAULTS.retries)),
  variable("LLM_RETRY_MIN_WAIT", "seconds, the shortest wait between attempts", String(RETRY_DEFAULTS.minWait / 1000)),
  variable("LLM_RETRY_MAX_WAIT", "seconds, the longest wait between attempts", String(RETRY_DEFAULTS.maxWait / 1000)),
];

function variable(name: string, description: string, fallback?: string): EnvVariable {
  return { name, description, default: fallback, secret: false };
}
