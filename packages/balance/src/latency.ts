/** Milliseconds over which measurements are averaged, and the least that a new one counts. */
const SPAN = 10_000;
const LEAST = 0.05;

/** A moving average that forgets with time: the same whether a deployment answers once a minute or a hundred times a second. */
export class Latency {
  /** Milliseconds; `undefined` before the first measurement. */
  value: number | undefined;
  /** When a call last began or was measured. */
  calledAt: number = Number.NEGATIVE_INFINITY;
  #measuredAt: number = Number.NEGATIVE_INFINITY;
  #count = 0;

  begin(now: number): void {
    this.calledAt = now;
  }

  measure(milliseconds: number, now: number): void {
    this.#count += 1;
    const fresh = 1 - Math.exp((this.#measuredAt - now) / SPAN);
    const share = Math.max(fresh, LEAST, 1 / this.#count);
    this.value = this.value === undefined ? milliseconds : this.value + (milliseconds - this.value) * share;
    this.calledAt = now;
    this.#measuredAt = now;
  }
}
