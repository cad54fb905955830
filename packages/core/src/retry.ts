import type { LLMBackend } from "./backend.js";
import { isLLMError, LLMError } from "./errors.js";
import { everyCall } from "./every-call.js";
import { invalidOption } from "./invalid-option.js";
import { defineMiddleware, type Wrapped } from "./middleware.js";
import type { CallOptions } from "./request.js";
import { RETRY_DEFAULTS } from "./retry-defaults.js";
import { RetryStream } from "./retry-stream.js";
import { sleep } from "./sleep.js";
import { withTotalTimeout } from "./timeout.js";
import { withErrorFacts } from "./with-error-facts.js";

/** How failed calls are tried again. */
export interface RetryOptions {
  /** Attempts after the first. Default 8. */
  retries?: number | undefined;
  /** Milliseconds; the shortest wait between attempts. Default 15,000. */
  minWait?: number | undefined;
  /** Milliseconds; the longest wait between attempts. Default 120,000. */
  maxWait?: number | undefined;
  /** Told of each retry before its wait begins. What it throws ends the call. */
  onRetry?: ((retry: RetryNotice) => void) | undefined;
}

/** What a listener is told before a wait. */
export interface RetryNotice {
  /** What failed. */
  error: LLMError;
  /** The attempt that comes next; the first retry is attempt 2. */
  attempt: number;
  /** How many attempts there are in all. */
  attempts: number;
  /** Milliseconds until that attempt. */
  wait: number;
  /** When that attempt begins. */
  at: Date;
  model: string | undefined;
}

/** Milliseconds that the waits grow from where there is no shortest wait; doubling nothing would never wait at all. */
const BASE = 1000;

/** The last moment that a `Date` can hold. */
const LATEST = 8.64e15;

/**
 * Tries a failed call again where the failure says that it may pass: a 429, a connection error, a timeout before the first byte,
 * an overload, a 5xx. A stream is tried again only until its first content event has been handed over.
 *
 * Waits grow exponentially with full jitter between `minWait` and `maxWait`; a request's `timeout.total` spans them all. A wait that the server asks for is kept exactly;
 * where it is longer than `maxWait` the call fails at once and says when to come back.
 *
 * @throws LLMError `invalid-request` for options that make no sense
 */
export function withRetry<B extends LLMBackend>(backend: B, options: RetryOptions = {}): Wrapped<B> {
  const policy = new RetryPolicy(options);
  if (policy.retries === 0) return backend;
  const retrying = defineMiddleware({
    ...everyCall((request, attempt) => policy.run(request, () => attempt(request))),
    stream: (request, next) => new RetryStream(policy, request, next),
  })(backend);
  return withTotalTimeout(retrying, undefined) as LLMBackend as Wrapped<B>;
}

/** Decides whether and when a failed attempt is followed by another. */
export class RetryPolicy {
  readonly retries: number;
  readonly minWait: number;
  readonly maxWait: number;
  readonly onRetry: ((retry: RetryNotice) => void) | undefined;

  constructor(options: RetryOptions) {
    this.retries = options.retries ?? RETRY_DEFAULTS.retries;
    this.maxWait = options.maxWait ?? Math.max(RETRY_DEFAULTS.maxWait, options.minWait ?? 0);
    this.minWait = options.minWait ?? Math.min(RETRY_DEFAULTS.minWait, this.maxWait);
    this.onRetry = options.onRetry;
    const { retries, minWait, maxWait } = this;
    if (!Number.isInteger(retries) || retries < 0)
      throw invalidOption("retries", "must be a whole number, 0 or more", String(retries));
    if (!(minWait >= 0)) throw invalidOption("minWait", "must be 0 or more milliseconds", String(minWait));
    // A longer timer would overflow and fire at once.
    if (!(maxWait >= minWait && maxWait < 2 ** 31))
      throw invalidOption("maxWait", "must be from minWait to 2^31 ms", String(maxWait));
  }

  /** Runs a call until it succeeds, fails for good, or has been tried often enough. */
  async run<T>(request: CallOptions & { model?: string | undefined }, attempt: () => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried++) {
      try {
        return await attempt();
      } catch (error) {
        await this.pause(error, tried, request);
      }
    }
  }

  /**
   * Waits before the next attempt.
   * @param tried how many attempts have been made
   * @throws the error itself where there is to be no other attempt; an `aborted` error as soon as the caller's signal fires
   */
  async pause(
    error: unknown,
    tried: number,
    { signal, model }: { signal?: AbortSignal | undefined; model?: string | undefined },
  ): Promise<void> {
    if (!isLLMError(error) || !error.retryable || tried > this.retries || signal?.aborted) throw error;
    const wait = this.waitAfter(error, tried);
    const at = new Date(Math.min(Date.now() + wait, LATEST));
    if (wait > this.maxWait) {
      // Up and down, lest two that differ look the same.
      const asked = Math.ceil(wait / 100) / 10;
      const longest = Math.floor(this.maxWait / 100) / 10;
      throw withErrorFacts(error, {
        message: `${error.message} (the server asks to wait ${asked} s, more than the longest wait of ${longest} s: come back at ${at.toISOString()})`,
      });
    }
    this.onRetry?.({ error, attempt: tried + 1, attempts: this.retries + 1, wait, at, model: model ?? error.model });
    await sleep(wait, signal, (cause) =>
      isLLMError(cause)
        ? cause
        : new LLMError({ kind: "aborted", message: "The call was aborted while it waited to retry", cause }),
    );
  }

  /** Milliseconds to wait after this many attempts. */
  waitAfter(error: LLMError, tried: number): number {
    if (error.retryAfter !== undefined) return error.retryAfter;
    const ceiling = Math.min(this.maxWait, (this.minWait || BASE) * 2 ** tried);
    return this.minWait + Math.random() * (ceiling - this.minWait);
  }
}
