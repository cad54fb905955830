import type { BudgetStore, PurseAmount, PurseState, Refusal, Reservation } from "../budget-store.js";

interface Entry {
  id: string;
  purse: string;
  amount: number;
  isLive: boolean;
}

/** What a store does, in the plainest words: a list of what is held and a list of what was charged. */
export class NaiveStore implements BudgetStore {
  #held: Entry[] = [];
  readonly #charges: { purse: string; amount: number }[] = [];
  readonly #charged = new Set<string>();

  reserve(id: string, wanted: readonly Reservation[]): Refusal | undefined {
    if (!this.#held.some((each) => each.id === id)) {
      for (const { purse, amount, limit } of wanted) {
        const { spent, reserved } = this.#state(purse);
        if (spent + reserved + amount > limit) return { refused: purse, spent, reserved };
      }
      for (const { purse, amount } of wanted) this.#held.push({ id, purse, amount, isLive: true });
    }
    return undefined;
  }

  settle(id: string, used: readonly PurseAmount[]): PurseState[] {
    for (const { purse, amount } of used)
      if (this.#held.some((each) => each.id === id && each.purse === purse)) this.#charges.push({ purse, amount });
    this.#held = this.#held.filter((each) => each.id !== id);
    return used.map(({ purse }) => this.#state(purse));
  }

  charge(id: string, used: readonly PurseAmount[]): void {
    if (this.#charged.has(id)) return;
    this.#charged.add(id);
    this.#charges.push(...used);
  }

  renew(held: readonly { id: string }[]): void {
    for (const { id } of held) for (const each of this.#held) if (each.id === id) each.isLive = true;
  }

  /** The reservation's lease ends. */
  lapse(id: string): void {
    for (const each of this.#held) if (each.id === id) each.isLive = false;
  }

  read(purses: readonly string[]): PurseState[] {
    return purses.map((purse) => this.#state(purse));
  }

  /** What an id holds. */
  heldBy(id: string): PurseAmount[] | undefined {
    const held = this.#held.filter((each) => each.id === id);
    return held.length > 0 ? held.map(({ purse, amount }) => ({ purse, amount })) : undefined;
  }

  #state(purse: string): PurseState {
    const sum = (all: readonly { purse: string; amount: number }[]): number =>
      all.reduce((total, each) => total + (each.purse === purse ? each.amount : 0), 0);
    return { spent: sum(this.#charges), reserved: sum(this.#held.filter(({ isLive }) => isLive)) };
  }
}
