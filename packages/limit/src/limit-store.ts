/** One amount of room that a call takes. */
export interface Claim {
  /** Name of what is counted, unique with the subject and the window. */
  readonly counter: string;
  readonly kind: "requests" | "tokens" | "parallel";
  /** The most that there may be. */
  readonly limit: number;
  /** Milliseconds; of `parallel` 0. */
  readonly window: number;
  readonly amount: number;
  /** For people: `60 requests a minute per key`. */
  readonly shown: string;
}

/** Room that was taken. */
export interface Taken {
  /** When, by the store's clock, in milliseconds. */
  readonly at: number;
  /** The store's name for it, where it needs one. */
  readonly id?: string | undefined;
}

/** Nothing was taken. */
export interface Refused {
  /** The place of the claim that there is no room for. */
  readonly lacking: number;
  /** Milliseconds until there may be; not finite where only the end of another call makes room. */
  readonly wait: number;
}

/** What is taken of a counter. */
export interface Level {
  used: number;
  /** Milliseconds until nothing of it is; not finite where that is for calls to decide. */
  resetAfter: number;
}

/** Counts what is taken. Each operation is atomic. */
export interface LimitStore {
  /**
   * Takes the room of each call, all of it or none, in the order given. What one call lacks is not given to those behind it, or a small one would
   * always pass before a big one.
   *
   * @param waiting whether the calls stand in line for it, so that those of other processes are to let them go first
   */
  take(calls: readonly (readonly Claim[])[], waiting: boolean): (Taken | Refused)[] | Promise<(Taken | Refused)[]>;
  /** Changes what a call has taken, by an amount for each claim: less where it is negative. */
  change(claims: readonly Claim[], taken: Taken, by: readonly number[]): void;
  /** Nobody stands in line for that counter any more. */
  leave(counter: string): void;
  levels(claims: readonly Claim[]): Level[] | Promise<Level[]>;
  /** Tells of counters in which there may be room before its time; of none: there may be in all. */
  onRoom(listener: (counters?: readonly string[]) => void): void;
}
