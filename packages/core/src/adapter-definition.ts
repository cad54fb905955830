import type { AdapterBackend } from "./adapter-backend.js";
import type { LLMBackend } from "./backend.js";

/** How one field of an adapter's configuration is read from the environment. */
export interface EnvField {
  /** The provider's usual variables, the first that is set wins. `LLM_API_KEY` and the like come before them by themselves. */
  variables: readonly string[];
  /** Default `string`. `url` is checked and its trailing slashes cut. */
  type?: "string" | "url" | undefined;
  /** A key: masked wherever it is shown, and kept out of every error. */
  secret?: boolean | undefined;
  /** What it is, for messages: "an API key from https://…". */
  description: string;
}

export interface AdapterDefinition<Config extends object> {
  /** Its id, which is its prefix in `LLM_MODEL`: lower-case letters, digits, `-` and `_`. */
  id: string;
  /** As people write it: "OpenAI". */
  name: string;
  /**
   * The version of the adapter contract that it is written for, so that a core that does not know it can say so. Left out: the one of
   * the core that it is defined with.
   */
  contract?: number | undefined;
  /** Further prefixes. */
  aliases?: readonly string[] | undefined;
  /** Bare model names that it recognises; `*` stands for anything: `gpt-*`. */
  models?: readonly string[] | undefined;
  /** What `LLM_EMBEDDING_MODEL=<prefix>` without a model means. */
  embeddingModel?: string | undefined;
  /**
   * Configuration fields that come from the environment. The field names `apiKey`, `baseURL`, `apiVersion`,
   * `embeddingDeployment` are also fed by `LLM_API_KEY`, `LLM_BASE_URL`, `LLM_API_VERSION`, `LLM_EMBEDDING_DEPLOYMENT_NAME`.
   */
  env?: { readonly [Field in keyof Config & string]?: EnvField } | undefined;
  /**
   * The fields, of those in `env`, without which this configuration can't work. Asked after the environment was read, so that
   * every fault can be told at once and before the first call.
   */
  required?: ((config: Config) => readonly (keyof Config & string)[]) | undefined;
  /** Makes the backend. Cheap: the SDK's client is made on the first call. */
  createBackend(config: Config): AdapterBackend;
}

/** An adapter, ready to be given to `createLLM`. */
export interface Adapter {
  readonly id: string;
  readonly name: string;
  /** The version of the adapter contract that it is written for; none: the first. */
  readonly contract?: number | undefined;
  readonly aliases: readonly string[];
  readonly models: readonly string[];
  readonly embeddingModel: string | undefined;
  readonly env: Readonly<Record<string, EnvField>>;
  /**
   * The backend for this adapter's configuration, with what it leaves out read from `env` (none: nothing is read).
   * @throws LLMError `invalid-request` that lists all that is missing or wrong
   */
  createBackend(env?: EnvSource): LLMBackend;
  /** The configuration as it would be used, and where each field came from. Secrets are masked. */
  describe(env?: EnvSource): Promise<readonly ResolvedSetting[]>;
}

/** What `defineAdapter` returns: call it with a configuration, or hand it to `createLLM` as it is. */
export interface AdapterFactory<Config extends object> extends Adapter {
  (config?: Config): Adapter;
}

/** Where an adapter's settings come from. */
export interface EnvSource {
  variables: Readonly<Record<string, string | undefined>>;
  /** The configuration fields that the application's own `LLM_*` variables are meant to feed here; `true`: all. */
  general?: boolean | readonly string[] | undefined;
}

export interface ResolvedSetting {
  field: string;
  /** Masked where secret. */
  value: string | undefined;
  /** The variable it came from, `config`, or `undefined` where it is not set. */
  source: string | undefined;
  /** The variables that could set it. */
  variables: readonly string[];
  secret: boolean;
  description: string;
  /** What is wrong with it. */
  fault: string | undefined;
}
