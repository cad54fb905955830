import type { RateLimits, RateLimitWindow } from "@llmux/core";

/** The longest wait that follows from nothing but refusals, in milliseconds. */
const LONGEST_PAUSE = 60_000;

/**
 * How many requests may be under way, found out as TCP finds out its window: doubling until the first refusal, then one more for each round that went well,
 * half for each that did not. A refusal stops all, for one shared wait.
 */
export class AdaptiveGate {
  #limit: number;
  /** Doubling ends here. */
  #threshold = Number.POSITIVE_INFINITY;
  #started = 0;
  /** What started before the last cut says nothing about the limit after it. */
  #cutAt = 0;
  #refusals = 0;
  #pausedUntil = 0;
  #tokens = 0;

  constructor(
    initial: number,
    readonly max: number,
  ) {
    this.#limit = initial;
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Milliseconds until a request may start; 0: now. */
  get pause(): number {
    return Math.max(0, this.#pausedUntil - Date.now());
  }

  /** @returns what to hand to `succeeded` or `refused` */
  start(): number {
    this.#started += 1;
    return this.#started;
  }

  /** @param underWay how many there were, this one included: a limit that was not reached has not been tried */
  succeeded(ticket: number, underWay: number): void {
    if (ticket <= this.#cutAt) return;
    this.#refusals = 0;
    if (underWay < this.limit) return;
    this.#limit = Math.min(this.max, this.#limit + (this.#limit < this.#threshold ? 1 : 1 / this.#limit));
  }

  /** @param retryAfter milliseconds, where the provider says so */
  refused(ticket: number, retryAfter: number | undefined): void {
    if (ticket > this.#cutAt) {
      this.#cutAt = this.#started;
      this.#limit = Math.max(1, this.#limit / 2);
      this.#threshold = this.#limit;
      const wait = Math.min(LONGEST_PAUSE, 1000 * 2 ** this.#refusals);
      this.#refusals += 1;
      this.#waitFor(retryAfter ?? wait * (0.5 + Math.random() / 2));
    } else if (retryAfter !== undefined) this.#waitFor(retryAfter);
  }

  /** Waits before the provider has to refuse. */
  observe(limits: RateLimits, underWay: number, tokens: number | undefined): void {
    if (tokens !== undefined) this.#tokens += (tokens - this.#tokens) / (this.#tokens === 0 ? 1 : 8);
    this.#spare(limits.requests, underWay + 1);
    this.#spare(limits.tokens, (underWay + 1) * this.#tokens);
    this.#spare(limits.inputTokens, (underWay + 1) * this.#tokens);
  }

  #spare({ limit, remaining, resetAfter }: RateLimitWindow = {}, needed: number): void {
    if (
      limit === undefined ||
      remaining === undefined ||
      resetAfter === undefined ||
      remaining >= needed ||
      limit <= remaining
    )
      return;
    // Windows fill continuously, and `resetAfter` is when they are full.
    this.#waitFor(resetAfter * Math.min(1, (needed - remaining) / (limit - remaining)));
  }

  #waitFor(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + ms);
  }
}
