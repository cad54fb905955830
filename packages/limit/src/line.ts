/** What waits in a line. */
export interface Waiting {
  /** Those of one caller wait in the order in which they came. */
  readonly caller: string;
  /** Grows with each that comes. */
  readonly order: number;
}

/** Those that wait for room in one counter: callers in turn, and of each caller the one that came first. */
export class Line<W extends Waiting> {
  /** The one whose turn is longest ago comes first. */
  readonly #callers = new Map<string, W[]>();
  /** When there may be room for the first, as `performance.now()` gives it. */
  at: number = Number.POSITIVE_INFINITY;
  /** Whether it is being asked for; it is asked again when that is over. */
  asking = false;
  askAgain = false;
  size = 0;

  constructor(readonly counter: string) {}

  add(one: W): void {
    const same = this.#callers.get(one.caller);
    this.size += 1;
    if (!same) {
      this.#callers.set(one.caller, [one]);
      return;
    }
    // One that comes from another line may have come before those that are here.
    let place = same.length;
    while (place > 0 && same[place - 1]!.order > one.order) place--;
    same.splice(place, 0, one);
  }

  /** @returns whether it was the first of all */
  remove(one: W): boolean {
    const same = this.#callers.get(one.caller);
    const place = same?.indexOf(one) ?? -1;
    if (!same || place === -1) return false;
    const [first] = this.#callers.keys();
    same.splice(place, 1);
    this.size -= 1;
    if (same.length === 0) this.#callers.delete(one.caller);
    return place === 0 && first === one.caller;
  }

  /** It had its turn: its caller's next comes after all others. */
  served(one: W): void {
    this.remove(one);
    const rest = this.#callers.get(one.caller);
    if (!rest) return;
    this.#callers.delete(one.caller);
    this.#callers.set(one.caller, rest);
  }

  /** The first ones, in the order in which their turns come. */
  first(most: number): W[] {
    const found: W[] = [];
    for (let depth = 0; found.length < Math.min(most, this.size); depth++) {
      for (const waiting of this.#callers.values()) {
        const one = waiting[depth];
        if (one && found.push(one) === most) break;
      }
    }
    return found;
  }
}
