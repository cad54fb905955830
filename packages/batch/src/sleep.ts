import { LLMError, sleep as sleepUntil } from "@llmux/core";

/** @param ms milliseconds @throws LLMError `aborted` as soon as the signal fires */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return sleepUntil(ms, signal, (cause) => new LLMError({ kind: "aborted", message: "The wait was aborted", cause }));
}
