/** Buckets to each doubling: neighbours lie 9 % apart, as exact as a quantile need be. */
const PER_DOUBLING = 8;
const BUCKETS: number = 24 * PER_DOUBLING;
/** Measurements after which all that came before counts half. */
const FADE = 1000;
/** Below so many measurements nothing is said. */
const ENOUGH = 20;

/** A quantile of the measurements of late. */
export class Quantile {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;
  #fresh = 0;
  #value: number | undefined;
  #valueAt = 0;

  /** @param part from 0 to 1 */
  constructor(private readonly part: number) {}

  measure(value: number): void {
    const bucket = Math.floor(Math.log2(Math.max(1, value)) * PER_DOUBLING);
    this.#counts[Math.min(bucket, BUCKETS - 1)]! += 1;
    this.#total += 1;
    this.#fresh += 1;
    if (this.#fresh % FADE !== 0) return;
    for (let at = 0; at < BUCKETS; at++) this.#counts[at]! /= 2;
    this.#total /= 2;
  }

  /** `undefined` until there is enough to go by. */
  get value(): number | undefined {
    if (this.#fresh < ENOUGH) return undefined;
    // It moves slowly; a look through the buckets for every call would be most of what the call costs.
    if (this.#value !== undefined && this.#fresh - this.#valueAt < ENOUGH) return this.#value;
    this.#valueAt = this.#fresh;
    let above = this.#total * (1 - this.part);
    let bucket = BUCKETS - 1;
    for (; bucket > 0; bucket--) {
      above -= this.#counts[bucket] as number;
      if (above < 0) break;
    }
    this.#value = 2 ** ((bucket + 1) / PER_DOUBLING);
    return this.#value;
  }
}
