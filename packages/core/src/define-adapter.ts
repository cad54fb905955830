import type {
  Adapter,
  AdapterDefinition,
  AdapterFactory,
  EnvField,
  EnvSource,
  ResolvedSetting,
} from "./adapter-definition.js";
import { LLMError } from "./errors.js";
import { hostBackend } from "./hosted-backend.js";
import { mask } from "./mask.js";

/** The application's own variables, by the configuration field that they feed. */
const GENERAL_VARIABLES: Readonly<Record<string, string>> = {
  apiKey: "LLM_API_KEY",
  baseURL: "LLM_BASE_URL",
  apiVersion: "LLM_API_VERSION",
  embeddingDeployment: "LLM_EMBEDDING_DEPLOYMENT_NAME",
};

/**
 * Makes an adapter out of its definition. The result is called with a configuration, `acme({ apiKey })`, or used as it stands,
 * with everything from the environment.
 */
export function defineAdapter<Config extends object>(definition: AdapterDefinition<Config>): AdapterFactory<Config> {
  const configure = (config?: Config): Adapter => configureAdapter(definition, config ?? ({} as Config));
  // Not Object.assign: a function's own `name` can only be redefined.
  return Object.defineProperties(configure, Object.getOwnPropertyDescriptors(configure())) as AdapterFactory<Config>;
}

function configureAdapter<Config extends object>(definition: AdapterDefinition<Config>, config: Config): Adapter {
  const { id, name, aliases = [], models = [], embeddingModel } = definition;
  const env = (definition.env ?? {}) as Readonly<Record<string, EnvField>>;
  const resolve = (source?: EnvSource): { config: Config; settings: ResolvedSetting[]; secrets: string[] } => {
    const resolved = { ...config } as Record<string, unknown>;
    const secrets: string[] = [];
    const settings = Object.entries(env).map(([field, spec]) => {
      const setting = readSetting(field, spec, resolved[field], source);
      if (setting.raw !== undefined) resolved[field] = setting.raw;
      if (spec.secret && typeof setting.raw === "string") secrets.push(setting.raw);
      return setting.shown;
    });
    const required: readonly string[] = definition.required?.(resolved as Config) ?? [];
    for (const setting of settings) {
      if (!setting.fault && setting.value === undefined && required.includes(setting.field)) {
        setting.fault = `is not set; expected ${setting.description}`;
      }
    }
    return { config: resolved as Config, settings, secrets };
  };
  return {
    id,
    name,
    aliases,
    models,
    embeddingModel,
    env,
    describe: (source) => resolve(source).settings,
    createBackend(source) {
      const { config: resolved, settings, secrets } = resolve(source);
      const faults = settings.filter((setting) => setting.fault);
      if (faults.length > 0) throw configurationError(name, faults);
      return hostBackend({ id, name, backend: definition.createBackend(resolved), secrets });
    },
  };
}

function configurationError(name: string, faults: readonly ResolvedSetting[]): LLMError {
  return new LLMError({
    kind: faults.some(({ secret }) => secret) ? "authentication" : "invalid-request",
    message: `${name} is not configured: ${faults.map(faultText).join("; ")}`,
    parameter: faults[0]?.field,
  });
}

/** One faulty setting in words: the variable, what it holds, what was expected. */
export function faultText({ field, value, source, variables, fault }: ResolvedSetting): string {
  if (source === undefined) return `${[...variables, `the option ${field}`].join(" or ")} ${fault}`;
  return `${source === "config" ? `the option ${field}` : source} is ${JSON.stringify(value)}, which ${fault}`;
}

function readSetting(
  field: string,
  spec: EnvField,
  configured: unknown,
  source: EnvSource | undefined,
): { raw: unknown; shown: ResolvedSetting } {
  const { variables: own, type = "string", secret = false, description } = spec;
  const fed = source?.general === true || (Array.isArray(source?.general) && source.general.includes(field));
  const general = fed ? GENERAL_VARIABLES[field] : undefined;
  const variables = general ? [general, ...own] : [...own];
  const found =
    configured === undefined ? variables.find((variable) => source?.variables[variable]?.trim()) : undefined;
  let raw: unknown = configured ?? (found && source?.variables[found]?.trim());
  let fault: string | undefined;
  if (typeof raw === "string" && type === "url") {
    const url = cleanURL(raw);
    if (url === undefined) fault = `is not ${description}`;
    else raw = url;
  }
  // A line end or a letter beyond Latin-1 in a key would fail as a hostile header, deep in the HTTP client, with the key in the message.
  if (typeof raw === "string" && secret && /[^\x20-\x7e]/.test(raw)) fault = "holds characters that no key has";
  if (typeof raw === "string" && secret && /^(["']).*\1$/.test(raw)) fault = "is in quotation marks, which no key has";
  const value = typeof raw === "string" ? (secret ? mask(raw) : raw) : raw === undefined ? undefined : "(given)";
  return {
    raw,
    shown: { field, value, source: configured !== undefined ? "config" : found, variables, secret, description, fault },
  };
}

/** A URL without its trailing slashes; a bare `host:port` gets `http://`. `undefined` where it is none. */
function cleanURL(text: string): string | undefined {
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full) || !/^https?:/i.test(full) || /\s/.test(text)) return undefined;
  return full.replace(/\/+$/, "");
}
