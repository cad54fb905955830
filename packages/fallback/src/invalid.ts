import { LLMError } from "@llmux/core";

/** @throws LLMError `invalid-request` */
export function invalid(parameter: string, message: string, value: unknown): never {
  const shown = typeof value === "object" && value !== null ? "that" : String(value);
  throw new LLMError({ kind: "invalid-request", parameter, message: `${parameter} ${message}, not ${shown}` });
}
