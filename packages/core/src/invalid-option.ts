import { LLMError } from "./errors.js";

/**
 * The error of an option that makes no sense, of kind `invalid-request`: `retries must be 0 or more, not -1`.
 *
 * @param must what follows the option's name
 * @param value what it holds, to be shown; objects are not
 */
export function invalidOption(parameter: string, must: string, ...value: readonly [value?: unknown]): LLMError {
  const not = value.length > 0 ? `, not ${shown(value[0])}` : "";
  return new LLMError({ kind: "invalid-request", parameter, message: `${parameter} ${must}${not}` });
}

function shown(value: unknown): string {
  return typeof value === "object" && value !== null ? "that" : String(value);
}
