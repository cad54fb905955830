import { isLLMError, LLMError } from "@llmux/core";

/** What a call fails with whose signal has fired. */
export function aborted({ reason }: AbortSignal): LLMError {
  if (isLLMError(reason)) return reason;
  return new LLMError({ kind: "aborted", message: "The call was aborted", cause: reason });
}

/** Waits for a promise, or until the signal fires. @throws what {@link aborted} gives, after `leave` was called */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal, leave: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      leave();
      reject(aborted(signal));
    };
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
