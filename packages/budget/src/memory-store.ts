import type { BudgetStore, PurseState, Refusal, Reservation } from "./budget-store.js";

/** A store for one process; what it keeps is gone when the process ends. */
export function memoryStore(): BudgetStore {
  return new MemoryStore();
}

class MemoryStore implements BudgetStore {
  readonly #purses = new Map<string, PurseState>();
  readonly #held = new Map<string, { until: number; wanted: readonly Reservation[] }>();

  async reserve(id: string, wanted: readonly Reservation[], lease: number): Promise<Refusal | undefined> {
    this.#expire();
    const asked = new Map<string, number>();
    for (const { purse, limit, amount } of wanted) {
      const { spent, reserved } = this.#purse(purse);
      const sum = (asked.get(purse) ?? 0) + amount;
      if (spent + reserved + sum > limit) return { purse, spent, reserved };
      asked.set(purse, sum);
    }
    for (const [purse, amount] of asked) this.#purse(purse).reserved += amount;
    this.#held.set(id, { until: Date.now() + lease, wanted });
    return undefined;
  }

  async settle(id: string, used: readonly { purse: string; amount: number }[]): Promise<void> {
    this.#free(id);
    for (const { purse, amount } of used) this.#purse(purse).spent += amount;
  }

  async read(purses: readonly string[]): Promise<PurseState[]> {
    this.#expire();
    return purses.map((purse) => ({ ...this.#purse(purse) }));
  }

  #purse(name: string): PurseState {
    let purse = this.#purses.get(name);
    if (!purse) {
      purse = { spent: 0, reserved: 0 };
      this.#purses.set(name, purse);
    }
    return purse;
  }

  #free(id: string): void {
    for (const { purse, amount } of this.#held.get(id)?.wanted ?? []) this.#purse(purse).reserved -= amount;
    this.#held.delete(id);
  }

  #expire(): void {
    const now = Date.now();
    for (const [id, { until }] of this.#held) if (until <= now) this.#free(id);
  }
}
