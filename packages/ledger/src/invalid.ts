import { LLMError } from "@llmux/core";

/** @throws LLMError `invalid-request` */
export function invalid(parameter: string, message: string, value: unknown): never {
  throw new LLMError({ kind: "invalid-request", parameter, message: `${parameter} ${message}, not ${shown(value)}` });
}

function shown(value: unknown): string {
  return typeof value === "object" && value !== null ? "that" : String(value);
}
