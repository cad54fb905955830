import { LLMError } from "./errors.js";
import { RETRY_DEFAULTS } from "./retry-defaults.js";

/** One thing that is wrong with the environment. */
export interface EnvFault {
  variable: string;
  /** What it holds; a key is masked. `undefined` where it is not set. */
  value: string | undefined;
  message: string;
  /** What an adapter's package threw while it was imported. */
  cause?: unknown;
}

/** What the application's own variables say. */
export interface EnvSettings {
  /** `LLM_MODEL` */
  model: string | undefined;
  /** `LLM_EMBEDDING_MODEL` as `prefix/model`, or as a prefix alone for its adapter's own default. */
  embeddingModel: string | undefined;
  /** `LLM_NUM_RETRIES`, `LLM_RETRY_MIN_WAIT`, `LLM_RETRY_MAX_WAIT`; waits in milliseconds. */
  retry: { retries: number; minWait: number; maxWait: number };
  faults: EnvFault[];
}

/** The older names of embedding backends, from applications configured before there were prefixes. */
const OLDER_EMBEDDINGS: Readonly<Record<string, string>> = { azureopenai: "azure", local: "ollama" };

/** As `docker run --env-file` and some process managers hand a value over that was written in quotation marks. */
const QUOTED: RegExp = /^(["']).*\1$/s;

/** Reads the application's own variables. Faults are gathered, not thrown. An empty variable counts as not set. */
export function readEnv(variables: Readonly<Record<string, string | undefined>>): EnvSettings {
  const faults: EnvFault[] = [];
  const read = (name: string): string | undefined => variables[name]?.trim() || undefined;
  const number = (name: string, fallback: number, whole: boolean): number => {
    const text = read(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (Number.isFinite(value) && value >= 0 && (!whole || Number.isInteger(value))) return value;
    const expected = whole ? "a whole number, 0 or more" : "seconds, 0 or more";
    faults.push({ variable: name, value: text, message: `expected ${expected}` });
    return fallback;
  };
  const model = (name: string): string | undefined => {
    const text = read(name);
    if (text !== undefined && QUOTED.test(text)) {
      faults.push({ variable: name, value: text, message: "expected prefix/model without quotation marks" });
      return undefined;
    }
    if (text !== undefined && (/\s/.test(text) || /^\/|\/$/.test(text))) {
      faults.push({ variable: name, value: text, message: "expected prefix/model" });
      return undefined;
    }
    return text;
  };
  const retries = number("LLM_NUM_RETRIES", RETRY_DEFAULTS.retries, true);
  const min = number("LLM_RETRY_MIN_WAIT", RETRY_DEFAULTS.minWait / 1000, false);
  const max = number("LLM_RETRY_MAX_WAIT", Math.max(RETRY_DEFAULTS.maxWait / 1000, min), false);
  const minSet = read("LLM_RETRY_MIN_WAIT") !== undefined;
  if (min > max && minSet) {
    faults.push({
      variable: "LLM_RETRY_MAX_WAIT",
      value: read("LLM_RETRY_MAX_WAIT"),
      message: `expected at least LLM_RETRY_MIN_WAIT, which is ${min}`,
    });
  }
  if (max * 1000 >= 2 ** 31) {
    const name = read("LLM_RETRY_MAX_WAIT") === undefined ? "LLM_RETRY_MIN_WAIT" : "LLM_RETRY_MAX_WAIT";
    faults.push({ variable: name, value: read(name), message: "expected less than 24 days" });
  }
  const embeddingModel = model("LLM_EMBEDDING_MODEL");
  return {
    model: model("LLM_MODEL"),
    embeddingModel: embeddingModel && (OLDER_EMBEDDINGS[embeddingModel.toLowerCase()] ?? embeddingModel),
    retry: { retries, minWait: Math.min(min, max) * 1000, maxWait: max * 1000 },
    faults,
  };
}

/** One error for all that is wrong. */
export function envError(faults: readonly EnvFault[], kind: "authentication" | "invalid-request"): LLMError {
  const lines = faults.map(({ variable: name, value, message }) =>
    value === undefined ? `${name} is not set: ${message}` : `${name} is ${JSON.stringify(value)}: ${message}`,
  );
  const failed = faults.find((fault) => "cause" in fault);
  return new LLMError({
    kind,
    parameter: faults[0]?.variable,
    message: `The environment is not right:\n  ${lines.join("\n  ")}`,
    ...(failed && { cause: failed.cause }),
  });
}
