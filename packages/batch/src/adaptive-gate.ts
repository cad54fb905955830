import type { RateLimits } from "@llmux/core";
import { MirroredWindow } from "./mirrored-window.js";
import { retryWait } from "./retry-wait.js";

/** A request that was let through. */
export interface Ticket {
  /** Its place among all. */
  order: number;
  /** When it began, in milliseconds since 1970. */
  at: number;
}

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
  /** What a request takes on average, lately. */
  readonly #input = new Average();
  readonly #output = new Average();
  readonly #windows = {
    requests: new MirroredWindow(),
    tokens: new MirroredWindow(),
    inputTokens: new MirroredWindow(),
    outputTokens: new MirroredWindow(),
  };

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
    const waits = this.#needs().map(([window, amount]) => window.waitFor(amount));
    return Math.max(0, this.#pausedUntil - Date.now(), ...waits);
  }

  /** @returns what to hand to `succeeded` or `refused` */
  start(): Ticket {
    this.#started += 1;
    for (const [window, amount] of this.#needs()) window.take(amount);
    return { order: this.#started, at: Date.now() };
  }

  /** @param underWay how many there were, this one included: a limit that was not reached has not been tried */
  succeeded({ order }: Ticket, underWay: number): void {
    if (order <= this.#cutAt) return;
    this.#refusals = 0;
    if (underWay < this.limit) return;
    this.#limit = Math.min(this.max, this.#limit + (this.#limit < this.#threshold ? 1 : 1 / this.#limit));
  }

  /** @param retryAfter milliseconds, where the provider says so */
  refused({ order }: Ticket, retryAfter: number | undefined): void {
    if (order > this.#cutAt) {
      this.#cutAt = this.#started;
      this.#limit = Math.max(1, this.#limit / 2);
      this.#threshold = this.#limit;
      this.#refusals += 1;
      this.#waitFor(retryWait({ retryAfter }, this.#refusals));
    } else if (retryAfter !== undefined) this.#waitFor(retryAfter);
  }

  /**
   * Learns how much the provider has left, so as to wait before it refuses.
   *
   * @param tokens what the request took of each kind, as far as that is known
   */
  observe(
    { order, at }: Ticket,
    limits: RateLimits,
    tokens: { input?: number | undefined; output?: number | undefined },
  ): void {
    this.#input.add(tokens.input);
    this.#output.add(tokens.output);
    const { requests, tokens: both, inputTokens, outputTokens } = this.#windows;
    const since = this.#started - order;
    requests.observe(limits.requests, at, since);
    both.observe(limits.tokens, at, since * (this.#input.value + this.#output.value));
    inputTokens.observe(limits.inputTokens, at, since * this.#input.value);
    outputTokens.observe(limits.outputTokens, at, since * this.#output.value);
  }

  /** What one more request takes. */
  #needs(): [MirroredWindow, number][] {
    const { requests, tokens, inputTokens, outputTokens } = this.#windows;
    const { value: input } = this.#input;
    const { value: output } = this.#output;
    return [
      [requests, 1],
      [tokens, input + output],
      [inputTokens, input],
      [outputTokens, output],
    ];
  }

  #waitFor(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + ms);
  }
}

/** An average that follows what is new. */
class Average {
  value = 0;
  #known = false;

  add(next: number | undefined): void {
    if (next === undefined) return;
    this.value += (next - this.value) / (this.#known ? 8 : 1);
    this.#known = true;
  }
}
