import type { LLMBackend } from "./backend.js";
import { Call } from "./call.js";
import { everyCall } from "./every-call.js";
import { Limits, type Phase } from "./limits.js";
import { mergeTimeouts } from "./merge-timeouts.js";
import type { Wrapped } from "./middleware.js";
import { defineMiddleware } from "./middleware.js";
import type { CallOptions, GenerateRequest, Timeouts } from "./request.js";
import type { StreamEvent } from "./stream-event.js";

/**
 * Limits how long a call may take; a request's own `timeout` wins field by field. Around a retry policy the limits hold for all
 * attempts together, inside one for each attempt.
 *
 * @param timeouts milliseconds
 * @throws LLMError `timeout`, from the calls
 */
export function withTimeout<B extends LLMBackend>(backend: B, timeouts: Timeouts): Wrapped<B> {
  return limit(backend, timeouts) as LLMBackend as Wrapped<B>;
}

/**
 * Enforces only the limit on the whole call, and leaves a request's other limits to the attempts inside: for a policy that makes several.
 *
 * @param total milliseconds, for requests that say none
 */
export function withTotalTimeout(backend: LLMBackend, total: number | undefined): LLMBackend {
  return limit(backend, { total }, true);
}

function limit(backend: LLMBackend, defaults: Timeouts, totalOnly = false): LLMBackend {
  /** The limits that hold here, and the request without them. */
  const split = <R extends CallOptions>(request: R): { timeouts: Timeouts; inner: R } => {
    const timeouts = mergeTimeouts(defaults, request.timeout);
    if (!totalOnly) return { timeouts, inner: { ...request, timeout: undefined } };
    const { total, ...others } = timeouts;
    return { timeouts: { total }, inner: { ...request, timeout: others } };
  };
  const run = async <R extends CallOptions, T>(request: R, next: (inner: R) => Promise<T>): Promise<T> => {
    const { timeouts, inner } = split(request);
    if (!hasLimit(timeouts)) return next(request);
    const call = limitedCall(request.signal, timeouts);
    try {
      if (call.failure) throw call.failure;
      return await call.race(next({ ...inner, signal: call.signal }), "answer");
    } finally {
      call.end();
    }
  };
  return defineMiddleware({
    ...everyCall(run),
    stream(request, next) {
      const { timeouts, inner } = split(request);
      return hasLimit(timeouts) ? new TimedStream(timeouts, inner, next) : next.stream(request);
    },
  })(backend);
}

function hasLimit({ total, firstEvent, betweenEvents }: Timeouts): boolean {
  return total !== undefined || firstEvent !== undefined || betweenEvents !== undefined;
}

function limitedCall(signal: AbortSignal | undefined, timeouts: Timeouts): Call {
  const call = new Call(signal);
  if (!call.failure) new Limits(call, timeouts);
  return call;
}

class TimedStream implements AsyncIterableIterator<StreamEvent, undefined> {
  #call: Call | undefined;
  #inner: AsyncIterator<StreamEvent> | undefined;
  #phase: Phase = "first event";
  #closed = false;
  #last: Promise<unknown> | undefined;

  constructor(
    private readonly timeouts: Timeouts,
    private readonly request: GenerateRequest,
    private readonly backend: LLMBackend,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<StreamEvent, undefined>> {
    // One after the other: a limit is on one event's wait.
    const pull = (): Promise<IteratorResult<StreamEvent, undefined>> => this.#pull();
    const answer = this.#last ? this.#last.then(pull, pull) : pull();
    this.#last = answer;
    return answer;
  }

  async #pull(): Promise<IteratorResult<StreamEvent, undefined>> {
    if (this.#closed) return { done: true, value: undefined };
    this.#call ??= limitedCall(this.request.signal, this.timeouts);
    try {
      if (this.#call.failure) throw this.#call.failure;
      this.#inner ??= this.backend.stream({ ...this.request, signal: this.#call.signal })[Symbol.asyncIterator]();
      const result = await this.#call.race(this.#inner.next(), this.#phase);
      if (!result.done && result.value.type !== "start") this.#phase = "between events";
      if (result.done) this.#close();
      return result;
    } catch (error) {
      if (this.#closed) return { done: true, value: undefined };
      this.#close();
      // Not awaited: what is stuck may never answer.
      this.#inner?.return?.().then(undefined, () => undefined);
      throw error;
    }
  }

  async return(): Promise<IteratorResult<StreamEvent, undefined>> {
    this.#close(true);
    await this.#inner?.return?.();
    return { done: true, value: undefined };
  }

  #close(cancel = false): void {
    this.#closed = true;
    this.#call?.end(cancel);
  }
}
