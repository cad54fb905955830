import type { LLMErrorInit } from "./errors.js";

/** The facts of an answer that is nested too deep for the engine's stack; `undefined` for another error. */
export function depthFault(error: unknown): LLMErrorInit | undefined {
  if (!(error instanceof RangeError && /call stack/i.test(error.message))) return undefined;
  return { kind: "malformed-response", message: "The provider's answer is nested too deep to be read" };
}
