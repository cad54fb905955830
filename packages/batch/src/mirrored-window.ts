import type { RateLimitWindow } from "@llmux/core";

/** A provider's window, reckoned on from what its headers said last. Windows fill continuously, and `resetAfter` is when they are full. */
export class MirroredWindow {
  #limit = Number.POSITIVE_INFINITY;
  #level = Number.POSITIVE_INFINITY;
  /** What comes in each millisecond; 0: not known. */
  #rate = 0;
  #at = 0;

  /**
   * @param at when the provider counted, as far as that can be told: when the request began
   * @param takenSince what has been taken since then, and is not in the provider's figure
   */
  observe({ limit, remaining, resetAfter }: RateLimitWindow = {}, at: number, takenSince: number): void {
    if (limit === undefined || remaining === undefined || resetAfter === undefined) return;
    if (resetAfter > 0 && limit > remaining) this.#rate = (limit - remaining) / resetAfter;
    this.#limit = limit;
    this.#level = remaining;
    this.#at = at;
    this.take(takenSince);
  }

  take(amount: number): void {
    this.#fill();
    this.#level -= amount;
  }

  /** Milliseconds until it has so much; 0 where that can't be told. What is more than it ever has needs all of it. */
  waitFor(amount: number): number {
    this.#fill();
    const missing = Math.min(amount, this.#limit) - this.#level;
    return missing > 0 && this.#rate > 0 ? missing / this.#rate : 0;
  }

  #fill(): void {
    const now = Date.now();
    this.#level = Math.min(this.#limit, this.#level + (now - this.#at) * this.#rate);
    this.#at = now;
  }
}
