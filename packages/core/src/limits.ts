import type { Call } from "./call.js";
import { LLMError } from "./errors.js";
import type { Timeouts } from "./request.js";

/** What a call waits for. */
export type Phase = "answer" | "first event" | "between events";

/** The time limits of one call. Loaded with the first call that has any. */
export class Limits {
  readonly #call: Call;
  readonly #timeouts: Timeouts;
  readonly #total: ReturnType<typeof setTimeout> | undefined;
  /** Until when the first event must have come; from `Date.now()`. */
  readonly #firstBy: number;
  #step: ReturnType<typeof setTimeout> | undefined;

  /** Sets the call's limits; one that is no time ends it. */
  constructor(call: Call, timeouts: Timeouts) {
    this.#call = call;
    this.#timeouts = timeouts;
    this.#firstBy = Date.now() + (timeouts.firstEvent ?? 0);
    call.limits = this;
    for (const name of ["total", "firstEvent", "betweenEvents"] as const) {
      const limit = timeouts[name];
      // What is no number would fire its timer at once, and be retried as a timeout.
      if (limit !== undefined && !(limit >= 0)) call.fail(badLimit(name, limit));
    }
    if (timeouts.total !== undefined && !call.failure) this.#total = this.#start(timeouts.total, "whole call");
  }

  /** What the promise gives, with a timer running on it if there is a limit for this phase. */
  async during<T>(promise: PromiseLike<T>, phase: Phase): Promise<T> {
    clearTimeout(this.#step);
    const { firstEvent, betweenEvents } = this.#timeouts;
    const stated = phase === "between events" ? betweenEvents : firstEvent;
    if (stated === undefined) return promise;
    this.#step = this.#start(phase === "first event" ? this.#firstBy - Date.now() : stated, phase, stated);
    try {
      return await promise;
    } finally {
      clearTimeout(this.#step);
    }
  }

  end(): void {
    clearTimeout(this.#total);
    clearTimeout(this.#step);
  }

  #start(ms: number, what: string, stated = ms): ReturnType<typeof setTimeout> {
    const message = `Timed out after ${stated} ms (${what})`;
    // A longer timer would overflow and fire at once.
    return setTimeout(() => this.#call.fail(new LLMError({ kind: "timeout", message })), Math.min(ms, 2 ** 31 - 1));
  }
}

function badLimit(name: string, limit: unknown): LLMError {
  const parameter = `timeout.${name}`;
  const message = `${parameter} must be a number of milliseconds, 0 or more, not ${limit}`;
  return new LLMError({ kind: "invalid-request", parameter, message });
}
