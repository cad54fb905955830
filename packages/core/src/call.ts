import { isLLMError, LLMError } from "./errors.js";
import type { Limits, Phase } from "./limits.js";

/**
 * One call under way: its abort signal and the one failure that ends it. Whatever waits inside the call waits through
 * {@link Call.race}, so that an abort or a timeout is felt at once, even where an SDK ignores its signal.
 */
export class Call {
  /** The abort or timeout that ended the call. */
  failure: LLMError | undefined;
  /** Its time limits, where it has any. */
  limits: Limits | undefined;
  /** Whether it holds no more claims, and must not make new ones. */
  ended = false;
  readonly #controller = new AbortController();
  readonly signal: AbortSignal = this.#controller.signal;
  readonly #outer: AbortSignal | undefined;
  #reject: ((error?: LLMError) => void) | undefined;

  constructor(signal: AbortSignal | undefined) {
    this.#outer = signal;
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Ends the call's claim on timers and listeners. With `cancel`, also what it is still doing, and any wait for that. */
  end(cancel = false): void {
    this.ended = true;
    this.limits?.end();
    this.#outer?.removeEventListener("abort", this.#onAbort);
    if (!cancel) return;
    this.#controller.abort();
    // Whoever left does not ask why.
    this.#reject?.();
  }

  /** Waits for a promise, for as long as the limits allow for it, or until the call fails. */
  race<T>(promise: PromiseLike<T>, phase: Phase): Promise<T> {
    const { failure, limits } = this;
    if (failure) {
      promise.then(undefined, () => undefined);
      return Promise.reject(failure);
    }
    return new Promise<T>((resolve, reject) => {
      this.#reject = reject;
      if (limits) limits.during(promise, phase).then(resolve, reject);
      else promise.then(resolve, reject);
    });
  }

  readonly #onAbort = (): void => {
    const cause: unknown = this.#outer?.reason;
    this.fail(isLLMError(cause) ? cause : new LLMError({ kind: "aborted", message: "The call was aborted", cause }));
  };

  /** Ends the call and all that waits in it; only the first failure counts. */
  fail(error: LLMError): void {
    if (this.failure) return;
    this.failure = error;
    this.end();
    this.#controller.abort(error);
    this.#reject?.(error);
  }
}
