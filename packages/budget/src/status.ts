import { type BudgetUnit, fromStored } from "./amounts.js";
import type { BudgetExceeded } from "./budget-exceeded-error.js";
import type { PurseState } from "./budget-store.js";
import type { Purse } from "./purse.js";

/** What a purse has left. Amounts are US dollars or tokens, as `unit` says. */
export interface PurseStatus extends Omit<BudgetExceeded, "needed"> {
  unit: BudgetUnit;
  /** What is neither spent nor reserved; never below 0. */
  left: number;
}

export function statusOf({ plan, value, window }: Purse, { spent, reserved }: PurseState): PurseStatus {
  const { name, per, unit, limit } = plan;
  const amount = (stored: number): number => fromStored(stored, unit);
  return {
    budget: name,
    per: typeof per === "function" ? "custom" : per,
    value,
    unit,
    limit: amount(limit),
    spent: amount(spent),
    reserved: amount(reserved),
    left: amount(Math.max(0, limit - spent - reserved)),
    resetsAt: window.end === undefined ? undefined : new Date(window.end),
  };
}
