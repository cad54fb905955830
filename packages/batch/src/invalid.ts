import { LLMError } from "@llmux/core";

/** What the caller got wrong, with the name of the parameter. */
export function invalid(parameter: string, message: string): LLMError {
  return new LLMError({ kind: "invalid-request", parameter, message: `${parameter} ${message}` });
}
