import type { Claim, Level, LimitStore, Refused, Taken } from "./limit-store.js";
import { SlidingCount } from "./sliding-count.js";

/** Milliseconds between looks for counters that nobody uses any more, for as many as that. */
const SWEEP = 10_000;

/** Counts in this process. Each `withLimit` has one of its own unless it is given one to share. */
export function memoryLimiter(): LimitStore {
  return new MemoryLimiter();
}

export class MemoryLimiter implements LimitStore {
  readonly #windows = new Map<string, SlidingCount>();
  readonly #parallel = new Map<string, number>();
  readonly #listeners: ((counters?: readonly string[]) => void)[] = [];
  #sweeper: ReturnType<typeof setTimeout> | undefined;

  take(calls: readonly (readonly Claim[])[]): (Taken | Refused)[] {
    const now = performance.now();
    return this.refusals(calls, (claims) => this.add(claims, now)).map((refused) => refused ?? { at: now });
  }

  /** What each of the calls lacks, one after the other; those that lack nothing are handed to `fits`. */
  refusals(calls: readonly (readonly Claim[])[], fits: (claims: readonly Claim[]) => void): (Refused | undefined)[] {
    const now = performance.now();
    /** What others before them lack, and how long it will be lacking. */
    let shut: Map<string, number> | undefined;
    return calls.map((claims) => {
      const refused = this.#refusal(claims, now, shut);
      if (!refused) fits(claims);
      else {
        shut ??= new Map();
        const { counter } = claims[refused.lacking]!;
        if (!shut.has(counter)) shut.set(counter, refused.wait);
      }
      return refused;
    });
  }

  leave(): void {}

  change(claims: readonly Claim[], { at }: Taken, by: readonly number[]): void {
    const now = performance.now();
    const freed: string[] = [];
    for (const [place, { counter, kind, window }] of claims.entries()) {
      const amount = by[place]!;
      if (amount === 0) continue;
      if (amount < 0) freed.push(counter);
      if (kind === "parallel") this.#setParallel(counter, (this.#parallel.get(counter) ?? 0) + amount);
      else if (amount < 0) this.#windows.get(counter)?.takeBack(at, -amount);
      else this.#window(counter, window).add(now, amount);
    }
    if (freed.length > 0) for (const listener of this.#listeners) listener(freed);
  }

  levels(claims: readonly Claim[]): Level[] {
    const now = performance.now();
    return claims.map(({ counter, kind }) => {
      if (kind === "parallel") {
        const used = this.#parallel.get(counter) ?? 0;
        return { used, resetAfter: used > 0 ? Number.POSITIVE_INFINITY : 0 };
      }
      const count = this.#windows.get(counter);
      return { used: count?.at(now) ?? 0, resetAfter: count?.until(now, 0) ?? 0 };
    });
  }

  onRoom(listener: (counters?: readonly string[]) => void): void {
    this.#listeners.push(listener);
  }

  /** What was counted in windows, with the times. */
  counts(): { counter: string; window: number; entries: [at: number, amount: number][] }[] {
    return [...this.#windows].flatMap(([counter, count]) => {
      const entries = count.entries();
      return entries.length > 0 ? [{ counter, window: count.window, entries }] : [];
    });
  }

  /** How many counters are kept. */
  get size(): number {
    return this.#windows.size + this.#parallel.size;
  }

  /** The claim that lacks room the longest. */
  #refusal(claims: readonly Claim[], now: number, shut: Map<string, number> | undefined): Refused | undefined {
    let lacking = -1;
    let longest = 0;
    for (let place = 0; place < claims.length; place++) {
      const claim = claims[place]!;
      const wait = shut?.get(claim.counter) ?? this.#wait(claim, now);
      if (wait > longest) {
        lacking = place;
        longest = wait;
      }
    }
    return lacking === -1 ? undefined : { lacking, wait: longest };
  }

  #wait({ counter, kind, limit, amount }: Claim, now: number): number {
    if (kind === "parallel") return (this.#parallel.get(counter) ?? 0) + amount > limit ? Number.POSITIVE_INFINITY : 0;
    const count = this.#windows.get(counter);
    return count && count.at(now) + amount > limit ? count.until(now, limit - amount) : 0;
  }

  /** Counts it, whether there is room or not. */
  add(claims: readonly Claim[], now: number): void {
    for (const { counter, kind, window, amount } of claims) {
      if (kind === "parallel") this.#setParallel(counter, (this.#parallel.get(counter) ?? 0) + amount);
      else this.#window(counter, window).add(now, amount);
    }
  }

  #setParallel(counter: string, value: number): void {
    if (value > 0) this.#parallel.set(counter, value);
    else this.#parallel.delete(counter);
  }

  #window(counter: string, window: number): SlidingCount {
    let count = this.#windows.get(counter);
    if (!count) {
      count = new SlidingCount(window);
      this.#windows.set(counter, count);
      this.#sweepLater();
    }
    return count;
  }

  #sweepLater(): void {
    if (this.#sweeper !== undefined) return;
    this.#sweeper = setTimeout(
      () => {
        this.#sweeper = undefined;
        const now = performance.now();
        for (const [counter, count] of this.#windows) if (count.at(now) === 0) this.#windows.delete(counter);
        if (this.#windows.size > 0) this.#sweepLater();
      },
      SWEEP * Math.ceil(this.#windows.size / SWEEP),
    );
    // It is no reason for a process to stay.
    (this.#sweeper as { unref?(): void }).unref?.();
  }
}
