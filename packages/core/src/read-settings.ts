import type { AdapterDefinition, EnvField, EnvSource } from "./adapter-definition.js";

/** One field of an adapter's configuration as it was found. */
export interface Setting {
  field: string;
  secret: boolean | undefined;
  description: string;
  /** `undefined` where it is not set. */
  value: unknown;
  /** The variable that it came from, or `config`. */
  source: string | undefined;
  /** The variables that could set it. */
  variables: readonly string[];
  /** What is wrong with it. */
  fault: string | undefined;
}

/** The application's own variables, by the configuration field that they feed. */
const GENERAL_VARIABLES: Readonly<Record<string, string>> = {
  apiKey: "LLM_API_KEY",
  baseURL: "LLM_BASE_URL",
  apiVersion: "LLM_API_VERSION",
  embeddingDeployment: "LLM_EMBEDDING_DEPLOYMENT_NAME",
};

/** The settings of a configuration, with what it leaves out taken from the environment, and the configuration with those in it. */
export function readSettings<Config extends object>(
  { env = {}, required }: AdapterDefinition<Config>,
  config: Config,
  source: EnvSource | undefined,
): { settings: Setting[]; resolved: Config } {
  const resolved = { ...config } as Config & Record<string, unknown>;
  const settings = Object.entries(env as Record<string, EnvField>).map(([field, spec]) => {
    const setting = readSetting(field, spec, resolved[field], source);
    if (setting.value !== undefined) Object.assign(resolved, { [field]: setting.value });
    return setting;
  });
  const needed: readonly string[] = required?.(resolved) ?? [];
  for (const setting of settings) {
    if (setting.value === undefined && needed.includes(setting.field)) {
      setting.fault = `is not set; expected ${setting.description}`;
    }
  }
  return { settings, resolved };
}

function readSetting(
  field: string,
  { variables: own, type, secret, description }: EnvField,
  configured: unknown,
  from: EnvSource | undefined,
): Setting {
  const { general, variables: env = {} } = from ?? {};
  const fed = general === true || (Array.isArray(general) && general.includes(field));
  const variables = fed && GENERAL_VARIABLES[field] ? [GENERAL_VARIABLES[field], ...own] : own;
  const read = (variable: string): string | undefined => env[variable]?.trim();
  const source = configured === undefined ? variables.find(read) : "config";
  let value = configured ?? (source && read(source));
  let fault: string | undefined;
  if (typeof value === "string") {
    const url = type === "url" ? cleanURL(value) : value;
    if (url === undefined) fault = `is not ${description}`;
    else value = url;
    // A line end or a letter beyond Latin-1 in a key would fail as a hostile header, deep in the HTTP client, with the key in the message.
    if (secret && /[^\x20-\x7e]/.test(value as string)) fault = "holds characters that no key has";
    if (secret && /^(["']).*\1$/.test(value as string)) fault = "is in quotation marks, which no key has";
  }
  return { field, secret, description, value, source, variables, fault };
}

/** A URL without its trailing slashes; a bare `host:port` gets `http://`. `undefined` where it is none. */
function cleanURL(text: string): string | undefined {
  const full = /^[\w+.-]+:\/\//.test(text) ? text : `http://${text}`;
  return /^https?:\S+$/i.test(full) && URL.canParse(full) ? full.replace(/\/+$/, "") : undefined;
}

/** One faulty setting in words: the variable, what it holds (a key: nothing), what was expected. */
export function faultText({ field, value, secret, source, variables, fault }: Setting): string {
  const option = `the option ${field}`;
  if (source === undefined) return `${[...variables, option].join(" or ")} ${fault}`;
  return `${source === "config" ? option : source}${secret ? "" : ` is ${JSON.stringify(value)}, which`} ${fault}`;
}
