import { LLMError } from "@llmux/core";

/** @throws LLMError `invalid-request`, always */
export function invalid(parameter: string, message: string): never {
  throw new LLMError({ kind: "invalid-request", parameter, message: `${parameter} ${message}` });
}
