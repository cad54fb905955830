/** Gives a bounded number of things out, one holder each, in the order in which they were asked for. */
export class Turns<T> {
  readonly #free: T[] = [];
  readonly #waiting: ((thing: T) => void)[] = [];
  #left: number;
  readonly #make: () => T;

  /** `make` makes the next one, up to `limit` of them. */
  constructor(limit: number, make: () => T) {
    this.#left = limit;
    this.#make = make;
  }

  /**
   * Waits for a turn; `best` picks among those that are free.
   * @throws the signal's reason, having left the queue
   */
  take(signal: AbortSignal, best: (free: readonly T[]) => T): Promise<T> {
    signal.throwIfAborted();
    // A fresh one costs nothing that a used one doesn't, and leaves what the used ones remember.
    if (this.#free.length > 0 || this.#left > 0) {
      if (this.#left > 0) {
        this.#left--;
        this.#free.push(this.#make());
      }
      const thing = best(this.#free);
      this.#free.splice(this.#free.indexOf(thing), 1);
      return Promise.resolve(thing);
    }
    return new Promise((resolve, reject) => {
      const turn = (thing: T): void => {
        signal.removeEventListener("abort", leave);
        resolve(thing);
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(turn);
    });
  }

  giveBack(thing: T): void {
    const next = this.#waiting.shift();
    if (next) next(thing);
    else this.#free.push(thing);
  }
}
