import type { BudgetStore } from "../budget-store.js";
import { memoryStore } from "../memory-store.js";

/** A store that fails, or gives no answer, as it is told; what it was asked while it gave none it has done all the same. */
export class FlakyStore implements BudgetStore {
  readonly inner: BudgetStore = memoryStore();
  state: "well" | "failing" | "hung" = "well";
  readonly asked: string[] = [];

  reserve: BudgetStore["reserve"] = (...all) => this.#do("reserve", () => this.inner.reserve(...all));
  settle: BudgetStore["settle"] = (...all) => this.#do("settle", () => this.inner.settle(...all));
  charge: BudgetStore["charge"] = (...all) => this.#do("charge", () => this.inner.charge(...all));
  renew: BudgetStore["renew"] = (...all) => this.#do("renew", () => this.inner.renew(...all));
  read: BudgetStore["read"] = (...all) => this.#do("read", () => this.inner.read(...all));

  async #do<T>(name: string, operation: () => T | Promise<T>): Promise<T> {
    this.asked.push(name);
    if (this.state === "failing") throw new Error("no route to redis://user:secret@host:6379");
    const answer = await operation();
    return this.state === "hung" ? new Promise<never>(() => {}) : answer;
  }
}
