import { isLLMError, LLMError } from "@llmux/core";
import { type BudgetUnit, fromStored, shown } from "./amounts.js";
import type { Refusal } from "./budget-store.js";
import type { Purse } from "./purse.js";

/** What a budget that has too little left says of itself. Amounts are US dollars or tokens, as `unit` says. */
export interface BudgetExceeded {
  /** The budget's name. */
  budget: string;
  /** What has a purse of its own in it; `custom` for a function; `undefined` where there is one purse for all. */
  per: "key" | "user" | "model" | "tag" | "custom" | undefined;
  /** Whose purse it is; `undefined` for those that lack it. */
  value: string | undefined;
  unit: BudgetUnit;
  limit: number;
  spent: number;
  /** Held back for calls that are under way. */
  reserved: number;
  /** What this call was estimated at. */
  needed: number;
  /** When the purse is full again; `undefined` for a total, which never is. */
  resetsAt: Date | undefined;
}

/**
 * A call that was not made, because a budget has too little left for it. Recognise it with {@link isBudgetExceeded}, not with `instanceof`: two copies of this
 * package in one tree then still agree.
 */
export class BudgetExceededError extends LLMError implements BudgetExceeded {
  declare readonly kind: "budget-exceeded";
  declare readonly budget: string;
  declare readonly per: BudgetExceeded["per"];
  declare readonly value: string | undefined;
  declare readonly unit: BudgetUnit;
  declare readonly limit: number;
  declare readonly spent: number;
  declare readonly reserved: number;
  declare readonly needed: number;
  declare readonly resetsAt: Date | undefined;

  constructor(facts: BudgetExceeded & { model?: string | undefined }) {
    super({ kind: "budget-exceeded", message: messageOf(facts), ...facts });
  }
}

/** Whether a value is the error of a budget that has too little left, with all that it says. Works across copies of this package. */
export function isBudgetExceeded(error: unknown): error is BudgetExceededError {
  // By what it holds: policies that add to an error make a new one of it.
  return isLLMError(error, "budget-exceeded") && typeof (error as Partial<BudgetExceeded>).budget === "string";
}

/** The error of a purse that refused. */
export function exceeded(
  { plan, value, window }: Purse,
  { spent, reserved }: Refusal,
  needed: number,
  model: string | undefined,
): BudgetExceededError {
  const { name, unit, per, limit } = plan;
  const amount = (stored: number): number => fromStored(stored, unit);
  return new BudgetExceededError({
    budget: name,
    per: typeof per === "function" ? "custom" : per,
    value,
    unit,
    limit: amount(limit),
    spent: amount(spent),
    reserved: amount(reserved),
    needed: amount(needed),
    resetsAt: window.end === undefined ? undefined : new Date(window.end),
    model,
  });
}

function messageOf({ budget, per, value, unit, limit, spent, reserved, needed, resetsAt }: BudgetExceeded): string {
  const whose = per === undefined ? "" : ` of ${value === undefined ? `calls without a ${per}` : wordsFor(per, value)}`;
  const held = reserved > 0 ? ` and ${shown(reserved, unit)} held for calls under way` : "";
  const when = resetsAt ? `it resets at ${resetsAt.toISOString()}` : "it does not reset";
  return `The budget "${budget}"${whose} has too little left: ${shown(spent, unit)} of ${shown(limit, unit)} spent${held}, and this call may need ${shown(needed, unit)}; ${when}`;
}

function wordsFor(per: NonNullable<BudgetExceeded["per"]>, value: string): string {
  return per === "custom" ? JSON.stringify(value) : `${per} ${JSON.stringify(value)}`;
}
