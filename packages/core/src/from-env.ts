import type { Adapter, ResolvedSetting } from "./adapter-definition.js";
import type { LLM, LLMOptions } from "./create-llm.js";
import type { EnvFault, EnvSettings } from "./env.js";
import type { ImportModule } from "./import-adapter.js";
import type { Middleware } from "./middleware.js";
import { type RetryOptions, withRetry } from "./retry.js";
import { withTotalTimeout } from "./timeout.js";

export interface FromEnvOptions extends Omit<LLMOptions, "model" | "embeddingModel"> {
  /** Default: the process's environment. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Adapters that need not be imported; they come before those that could be. */
  adapters?: readonly Adapter[] | undefined;
  /** How a package is imported, for bundlers and hosts of their own: `(name) => import(name)`. */
  import?: ImportModule | undefined;
  /** The application's `import.meta.url`, from which its packages are found. Default: its main script, then the working directory. */
  from?: string | undefined;
  /** What the environment does not say of retries; `false` for none at all. Middleware sees a call once however often it is tried. */
  retry?: Pick<RetryOptions, "onRetry"> | false | undefined;
}

/** What the environment comes to. */
export interface EnvReport {
  settings: EnvSettings;
  /** The adapters that the two models name, imported. */
  adapters: readonly Adapter[];
  /** As `prefix/model`. */
  model: string | undefined;
  embeddingModel: string | undefined;
  /** Each adapter's settings, secrets masked. */
  config: readonly { adapter: Adapter; settings: readonly ResolvedSetting[] }[];
  /** All that is wrong. Empty: `fromEnv` will succeed. */
  faults: readonly EnvFault[];
}

/**
 * The backend that the environment names: `LLM_MODEL` says which, and its package is imported on demand. Retries are those of
 * the environment.
 *
 * @throws LLMError that lists everything that is wrong at once, with each variable's name, what it holds (a key: masked) and
 * what was expected; `authentication` where only keys are missing
 */
export async function fromEnv(options: FromEnvOptions = {}): Promise<LLM> {
  return (await import("./resolve-env.js")).fromEnv(options, retrying);
}

/** As {@link fromEnv}, but tells what it found instead of throwing: for a `doctor`. */
export async function inspectEnv(options: FromEnvOptions = {}): Promise<EnvReport> {
  return (await import("./resolve-env.js")).inspectEnv(options);
}

/**
 * The retries of the environment. The limit on the whole call spans its attempts, so it stands around them. Handed to what is loaded
 * late, for bundlers load whatever both that and the package's entry import, even in a program that never calls `fromEnv`.
 */
function retrying(options: RetryOptions, total: number | undefined): Middleware {
  return (next) => withTotalTimeout(withRetry(next, options), total);
}
