import { isLLMError, LLMError } from "./errors.js";
import type { CallOptions, Timeouts } from "./request.js";

const LIMITS = ["total", "firstEvent", "betweenEvents"] as const;

function badLimit(name: string, limit: unknown): LLMError {
  const parameter = `timeout.${name}`;
  const message = `${parameter} must be a number of milliseconds, 0 or more, not ${limit}`;
  return new LLMError({ kind: "invalid-request", parameter, message });
}

/**
 * One call under way: its abort signal, its time limits, and the one failure that ends it. Whatever waits inside the call waits
 * through {@link Call.race}, so that an abort or a timeout is felt at once, even where an SDK ignores its signal.
 */
export class Call {
  readonly timeouts: Timeouts;
  /** The abort or timeout that ended the call. */
  failure: LLMError | undefined;
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  #reject: ((error: LLMError) => void) | undefined;
  #total: ReturnType<typeof setTimeout> | undefined;
  #step: ReturnType<typeof setTimeout> | undefined;

  constructor(options: CallOptions | undefined) {
    this.timeouts = options?.timeout ?? {};
    this.#outer = options?.signal;
    for (const name of LIMITS) {
      const limit = this.timeouts[name];
      // What is no number would fire its timer at once, and be retried as a timeout.
      if (limit !== undefined && !(limit >= 0)) this.#fail(badLimit(name, limit));
    }
    if (this.failure) return;
    if (this.#outer?.aborted) this.#onAbort();
    else this.#outer?.addEventListener("abort", this.#onAbort, { once: true });
    if (this.timeouts.total !== undefined) this.#total = this.#limit(this.timeouts.total, "whole call");
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the call's claim on timers and listeners. With `cancel`, also what it is still doing, and any wait for that. */
  end(cancel = false): void {
    clearTimeout(this.#total);
    clearTimeout(this.#step);
    this.#outer?.removeEventListener("abort", this.#onAbort);
    if (!cancel) return;
    this.#controller.abort();
    this.#reject?.(new LLMError({ kind: "aborted", message: "The call was left before it ended" }));
  }

  /** Waits for a promise, for at most `ms` milliseconds (of a limit of `stated`), or until the call fails. */
  race<T>(promise: PromiseLike<T>, ms?: number, what = "first event", stated: number | undefined = ms): Promise<T> {
    if (this.failure) {
      promise.then(undefined, () => undefined);
      return Promise.reject(this.failure);
    }
    return new Promise<T>((resolve, reject) => {
      this.#reject = reject;
      if (ms === undefined) {
        promise.then(resolve, reject);
        return;
      }
      clearTimeout(this.#step);
      this.#step = this.#limit(ms, what, stated);
      promise.then(
        (value) => {
          clearTimeout(this.#step);
          resolve(value);
        },
        (error) => {
          clearTimeout(this.#step);
          reject(error);
        },
      );
    });
  }

  #limit(ms: number, what: string, stated: number | undefined = ms): ReturnType<typeof setTimeout> {
    return setTimeout(
      () => this.#fail(new LLMError({ kind: "timeout", message: `Timed out after ${stated} ms (${what})` })),
      Math.min(ms, 2 ** 31 - 1),
    );
  }

  readonly #onAbort = (): void => {
    const reason: unknown = this.#outer?.reason;
    this.#fail(
      isLLMError(reason) ? reason : new LLMError({ kind: "aborted", message: "The call was aborted", cause: reason }),
    );
  };

  #fail(error: LLMError): void {
    if (this.failure) return;
    this.failure = error;
    this.end();
    this.#controller.abort(error);
    this.#reject?.(error);
  }
}
