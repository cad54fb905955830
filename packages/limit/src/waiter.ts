import { isLLMError, LLMError } from "@llmux/core";
import type { Claim, Taken } from "./limit-store.js";
import type { Line, Waiting } from "./line.js";

/** A call that wants to be made. */
export interface Entrant {
  readonly claims: readonly Claim[];
  readonly caller: string;
  /** Milliseconds that it waits at most; 0: it does not wait. */
  readonly maxWait: number;
  /** How many calls of its caller may wait. */
  readonly maxQueue: number;
  readonly signals: readonly (AbortSignal | undefined)[];
  /** The error of one that there is no room for in time. */
  refused(claim: Claim, wait: number, why: "full" | "queue" | "late"): LLMError;
  /** It begins to wait, behind so many. */
  waits(claim: Claim, wait: number, ahead: number): void;
}

/** A call that waits, or is being asked for. */
export class Waiter implements Waiting {
  readonly promise: Promise<Taken>;
  readonly caller: string;
  readonly deadline: number;
  line: Line<Waiter> | undefined;
  /** What it lacks. */
  claim: Claim | undefined;
  done = false;
  #resolve!: (taken: Taken) => void;
  #reject!: (error: unknown) => void;

  constructor(
    readonly entrant: Entrant,
    readonly order: number,
    private readonly left: (waiter: Waiter) => void,
  ) {
    this.caller = entrant.caller;
    this.deadline = performance.now() + entrant.maxWait;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    for (const signal of entrant.signals) signal?.addEventListener("abort", this.#abort, { once: true });
  }

  resolve(taken: Taken): void {
    this.#end();
    this.#resolve(taken);
  }

  reject(error: unknown): void {
    if (this.done) return;
    this.#end();
    this.#reject(error);
  }

  tooLate(wait: number): void {
    this.reject(this.entrant.refused(this.claim!, wait, "late"));
  }

  #end(): void {
    this.done = true;
    for (const signal of this.entrant.signals) signal?.removeEventListener("abort", this.#abort);
    this.left(this);
  }

  readonly #abort = (): void => {
    const signal = this.entrant.signals.find((one) => one?.aborted);
    this.reject(aborted(signal?.reason));
  };
}

export function aborted(cause: unknown): LLMError {
  if (isLLMError(cause)) return cause;
  return new LLMError({ kind: "aborted", message: "The call was aborted while it waited for a rate limit", cause });
}
