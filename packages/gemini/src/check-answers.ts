import { LLMError } from "@llmux/core/adapter";
import type { WireResponse } from "./wire.js";

/**
 * Sees to it that a whole answer, or the pieces of one, is one of this API's. A piece may say nothing of its own but its usage.
 * @throws LLMError `malformed-response` for what is no answer of this API
 */
export function checkAnswers(answers: readonly unknown[], text: string, status?: number): void {
  if (answers.every(isObject) && (answers as readonly WireResponse[]).some(saysSomething)) return;
  const message = "The answer holds neither a candidate nor a reason why there is none";
  throw new LLMError({ kind: "malformed-response", message, status, text });
}

function saysSomething({ candidates, promptFeedback }: WireResponse): boolean {
  return (Array.isArray(candidates) && candidates.some(isObject)) || Boolean(promptFeedback?.blockReason);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
