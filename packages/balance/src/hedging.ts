import type { CallName } from "./deployment.js";
import type { HedgeOptions } from "./options.js";
import { Quantile } from "./quantile.js";

/** Hedges that may follow each other at once, before calls have earned more. */
const BURST = 10;

/** When a call is hedged, and whether it still may be. */
export class Hedging {
  readonly max: number;
  readonly #quantiles = new Map<CallName, Quantile>();
  #saved = BURST;

  constructor(private readonly options: HedgeOptions & { max: number; share: number }) {
    this.max = options.max;
  }

  /** A call begins. */
  earn(): void {
    this.#saved = Math.min(BURST, this.#saved + this.options.share);
  }

  /** Whether there may be another hedge, which then is taken to have begun. */
  spend(): boolean {
    // A tenth added ten times is a little less than one.
    if (this.#saved < 1 - 1e-9) return false;
    this.#saved -= 1;
    return true;
  }

  /** Milliseconds; `undefined` while too little is known. */
  after(call: CallName): number | undefined {
    const { after } = this.options;
    return typeof after === "number" ? after : this.#quantiles.get(call)?.value;
  }

  measure(call: CallName, milliseconds: number): void {
    const { after } = this.options;
    if (typeof after === "number") return;
    let quantile = this.#quantiles.get(call);
    if (!quantile) {
      quantile = new Quantile(Number(after.slice(1)) / 100);
      this.#quantiles.set(call, quantile);
    }
    quantile.measure(milliseconds);
  }
}
