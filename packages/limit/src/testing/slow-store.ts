import { random } from "@llmux/test-support";
import type { Claim, LimitStore, Refused, Taken } from "../limit-store.js";
import { MemoryLimiter } from "../memory-limiter.js";

/** A store that is far away: it decides at once, in the order in which it is asked, and its answers are under way for up to 40 ms. */
export class SlowStore implements LimitStore {
  readonly inner: MemoryLimiter = new MemoryLimiter();
  /** What was taken and not given back as a whole. */
  readonly taken: Map<Taken, readonly Claim[]> = new Map();
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  async take(calls: readonly (readonly Claim[])[]): Promise<(Taken | Refused)[]> {
    const answers = this.inner.take(calls);
    for (const [place, answer] of answers.entries()) if (!("lacking" in answer)) this.taken.set(answer, calls[place]!);
    await new Promise((resolve) => setTimeout(resolve, this.#next() * 40));
    // As Redis does, which does not tell of the end of other processes' calls.
    return answers.map((answer) => ("lacking" in answer ? { ...answer, wait: Math.min(answer.wait, 100) } : answer));
  }

  change(claims: readonly Claim[], taken: Taken, by: readonly number[]): void {
    if (claims.every(({ amount }, place) => by[place] === -amount)) this.taken.delete(taken);
    this.inner.change(claims, taken, by);
  }

  leave(): void {}

  levels(claims: readonly Claim[]): ReturnType<LimitStore["levels"]> {
    return this.inner.levels(claims);
  }

  onRoom(listener: (counters?: readonly string[]) => void): void {
    this.inner.onRoom(listener);
  }
}
