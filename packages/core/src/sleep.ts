import type { LLMError } from "./errors.js";

/**
 * Waits so many milliseconds, or until the signal fires.
 *
 * @param aborted makes the failure out of the signal's reason
 * @throws what `aborted` gives, as soon as the signal fires
 */
export function sleep(
  ms: number,
  signal: AbortSignal | undefined,
  aborted: (reason: unknown) => LLMError,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(aborted(signal?.reason));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}
