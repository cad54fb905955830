import { isLLMError, withErrorFacts } from "@llmux/core";

/** A failure for those who did not pay for what failed: without what it used, which another is charged with. */
export function unpaidError(error: unknown): unknown {
  if (!isLLMError(error) || (error.usage === undefined && error.cost === undefined)) return error;
  return withErrorFacts(error, { usage: undefined, cost: undefined });
}
