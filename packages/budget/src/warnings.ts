import { tell } from "@llmux/core";
import type { PurseState } from "./budget-store.js";
import type { Purse } from "./purse.js";
import { type PurseStatus, statusOf } from "./status.js";

/** A purse of which a good part is spent. */
export interface ShareWarning extends PurseStatus {
  type: "share";
  /** What part of the limit is spent: 1 is all of it. */
  share: number;
}

/** A call that a budget in money is for has cost something, and nobody knows what: it is not in what is spent. Told once for each model. */
export interface UnknownPriceWarning {
  type: "unknown-price";
  /** The budget that it is missing from. */
  budget: string;
  model: string | undefined;
}

export type BudgetWarning = ShareWarning | UnknownPriceWarning;

/** So many are remembered before those are looked for that may be forgotten, and at most, beyond which the oldest half may be told once more. */
const MANY = 1000;
const MOST = 20_000;

/** Tells of each purse once in its window, and of each model without a price once. */
export class Warnings {
  /** What was told, with the end of its window. */
  readonly #told = new Map<string, number | undefined>();
  #many = MANY;

  constructor(
    private readonly warnAt: number,
    private readonly onWarning: ((warning: BudgetWarning) => void) | undefined,
  ) {}

  spent(purse: Purse, state: PurseState): void {
    const { plan, window } = purse;
    if (!this.onWarning || !(state.spent >= plan.limit * (plan.warnAt ?? this.warnAt)) || plan.limit === 0) return;
    if (this.#isNew(purse.name, window.end))
      tell(this.onWarning, { type: "share", share: state.spent / plan.limit, ...statusOf(purse, state) });
  }

  unknownPrice(budget: string, model: string | undefined): void {
    if (this.onWarning && this.#isNew(`${budget} ${model}`, undefined))
      tell(this.onWarning, { type: "unknown-price", budget, model });
  }

  #isNew(name: string, end: number | undefined): boolean {
    if (this.#told.has(name)) return false;
    if (this.#told.size >= this.#many) this.#forget();
    this.#told.set(name, end);
    return true;
  }

  #forget(): void {
    const now = Date.now();
    for (const [name, end] of this.#told) if (end !== undefined && end <= now) this.#told.delete(name);
    if (this.#told.size >= MOST) for (const name of [...this.#told.keys()].slice(0, MOST / 2)) this.#told.delete(name);
    this.#many = Math.min(MOST, Math.max(MANY, this.#told.size * 2));
  }
}
