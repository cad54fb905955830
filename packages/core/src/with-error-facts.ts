import { LLMError, type LLMErrorInit } from "./errors.js";

/** The same error with some of its facts changed or added. */
export function withErrorFacts(error: LLMError, facts: Partial<LLMErrorInit>): LLMError {
  const { message, cause, stack } = error;
  const copy = new LLMError({ ...error, message, cause, ...facts });
  if (stack !== undefined && facts.message === undefined) copy.stack = stack;
  return copy;
}
