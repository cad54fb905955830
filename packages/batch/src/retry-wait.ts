import type { LLMError } from "@llmux/core";

/** The longest wait that follows from nothing but failures, in milliseconds. */
const LONGEST = 60_000;

/** Milliseconds before a call is made again: what the provider asks for, else one second, doubled with each failure in a row, with jitter. @param failures 1 or more */
export function retryWait({ retryAfter }: Pick<LLMError, "retryAfter">, failures: number): number {
  return retryAfter ?? Math.min(LONGEST, 1000 * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}
