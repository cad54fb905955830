import type { PurseAmount, PurseState, Refusal, Reservation } from "./budget-store.js";

/** What is to be charged to the store when it is back. */
export interface Arrears {
  id: string;
  used: readonly PurseAmount[];
}

interface Purse extends PurseState {
  until: number | undefined;
}

/** Most purses that are kept, about 200 bytes each. */
const MOST = 10_000;

/** Keeps what calls use while the store is away, as a sum for each purse, and holds the calls of this process to the limits by that alone. */
export class StandIn {
  readonly #purses = new Map<string, Purse>();
  readonly #held = new Map<string, readonly Reservation[]>();
  #arrears: Arrears | undefined;

  /** @returns the refusal; `full` where there are too many purses for another */
  reserve(id: string, wanted: readonly Reservation[]): Refusal | "full" | undefined {
    for (const { purse, amount, limit } of wanted) {
      const { spent, reserved } = this.#purses.get(purse) ?? { spent: 0, reserved: 0 };
      if (spent + reserved + amount > limit) return { refused: purse, spent, reserved };
    }
    const unknown = wanted.filter(({ purse }) => !this.#purses.has(purse));
    if (this.#purses.size + unknown.length > MOST) return "full";
    for (const { purse, amount, until } of wanted) {
      const known = this.#purses.get(purse);
      if (known) known.reserved += amount;
      else this.#purses.set(purse, { spent: 0, reserved: amount, until });
    }
    this.#held.set(id, wanted);
    return undefined;
  }

  settle(id: string, used: readonly PurseAmount[]): void {
    const wanted = this.#held.get(id);
    if (!wanted) return;
    this.#held.delete(id);
    for (const { purse, amount } of wanted) this.#purses.get(purse)!.reserved -= amount;
    for (const { purse, amount } of used) this.#purses.get(purse)!.spent += amount;
    for (const { purse } of wanted) this.#drop(purse);
  }

  /** What has been used. The same until it is {@link paid}, so that a charge may be tried again. */
  get arrears(): Arrears | undefined {
    if (this.#arrears) return this.#arrears;
    const used = [...this.#purses]
      .filter(([, { spent }]) => spent > 0)
      .map(([purse, { spent, until }]) => ({ purse, amount: spent, until }));
    if (used.length > 0) this.#arrears = { id: crypto.randomUUID(), used };
    return this.#arrears;
  }

  paid(): void {
    const { used = [] } = this.#arrears ?? {};
    this.#arrears = undefined;
    for (const { purse, amount } of used) {
      this.#purses.get(purse)!.spent -= amount;
      this.#drop(purse);
    }
  }

  /** Forgets a purse that nothing is in. */
  #drop(name: string): void {
    const { spent, reserved } = this.#purses.get(name) ?? { spent: 0, reserved: 0 };
    if (spent === 0 && reserved === 0) this.#purses.delete(name);
  }
}
