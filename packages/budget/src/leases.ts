import type { HeldPurses } from "./budget-store.js";

/** What is held for a call that is under way. */
export interface Leased extends HeldPurses {
  /** Whether the provider is waited for. */
  isWaiting: boolean;
  /** Whether anything was taken since the last look. A stream that nobody reads may have been dropped, and is not to hold money for ever. */
  wasRead: boolean;
}

/** Renews what is held for the calls under way, all of them by one timer. */
export class Leases {
  readonly #held = new Set<Leased>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly renew: (held: readonly HeldPurses[]) => void,
    private readonly lease: number,
  ) {}

  add(held: Leased): void {
    this.#held.add(held);
    if (this.#timer !== undefined) return;
    // A third, so that two may fail.
    this.#timer = setInterval(this.#look, this.lease / 3);
    (this.#timer as { unref?(): void }).unref?.();
  }

  delete(held: Leased): void {
    this.#held.delete(held);
  }

  readonly #look = (): void => {
    const live: Leased[] = [];
    for (const held of this.#held) {
      if (held.isWaiting || held.wasRead) live.push(held);
      held.wasRead = false;
    }
    if (live.length > 0) this.renew(live);
    if (this.#held.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  };
}
