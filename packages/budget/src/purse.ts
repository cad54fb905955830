import { invalidOption } from "@llmux/core";
import { type BudgetWindow, budgetWindow } from "./budget-window.js";
import type { CallFacts } from "./budgeted-call.js";
import type { Plan } from "./plan.js";

/** What a budget has for one value of its `per`, in one window. */
export interface Purse {
  plan: Plan;
  /** Whose it is; `undefined` for a purse of all, or of those that lack it. */
  value: string | undefined;
  /** Its name in stores. */
  name: string;
  window: BudgetWindow;
}

/** Longer ones would not fit into an index of PostgreSQL. */
const LONGEST = 256;
/** How long a store keeps a purse after its window, in milliseconds: calls that began in it are charged to it. */
const KEPT = 3_600_000;

/**
 * The purses that a call draws on, each once.
 *
 * @throws LLMError `invalid-request` for a value that is no text or a very long one
 */
export function pursesOf(plans: readonly Plan[], call: CallFacts, now: number): Purse[] {
  const purses: Purse[] = [];
  for (const plan of plans) {
    if (!plan.accepts(call)) continue;
    const window = budgetWindow(plan.period, now);
    for (const value of valuesOf(plan, call)) purses.push({ plan, value, name: nameOf(plan, value, window), window });
  }
  return purses;
}

/** When a store may forget a purse. */
export function keptUntil({ window: { end } }: Purse): number | undefined {
  return end === undefined ? undefined : end + KEPT;
}

function valuesOf({ name, per }: Plan, call: CallFacts): readonly (string | undefined)[] {
  if (per === undefined) return [undefined];
  const found = typeof per === "function" ? per(call) : per === "tag" ? call.tags : call[per];
  const values = Array.isArray(found) ? [...new Set<string>(found)] : [found as string | undefined];
  for (const value of values)
    if (value !== undefined && (typeof value !== "string" || value.length > LONGEST))
      throw invalidOption(
        typeof per === "string" ? per : "per",
        `must be a text of at most ${LONGEST} characters, for the budget "${name}"`,
      );
  return values.length === 0 ? [undefined] : values;
}

/** As JSON, in which no two purses look alike and no character is one that a database refuses. */
function nameOf({ prefix }: Plan, value: string | undefined, window: BudgetWindow): string {
  return `${prefix},"${window.name}",${value === undefined ? "null" : JSON.stringify(value)}]`;
}
