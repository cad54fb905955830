import type { LLMBackend } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { expect } from "vitest";
import type { Budget } from "../budget.js";
import type { BudgetOptions } from "../options.js";
import { type Budgeted, withBudget } from "../with-budget.js";
import { dollars, usageOf } from "./calls.js";

/** 18 cents by {@link dollars}. */
export const answered: { text: string; usage: ReturnType<typeof usageOf> } = { text: "Hi", usage: usageOf(120, 30) };

export function dayUSD(usd: number, more: Partial<Budget> = {}): Budget {
  return { limit: { usd }, period: "day", ...more } as Budget;
}

export function budgeted(
  budgets: readonly Budget[],
  backend: LLMBackend = mockBackend(answered),
  more: Partial<BudgetOptions> = {},
): Budgeted<LLMBackend> {
  return withBudget(backend, { budgets, price: dollars, ...more });
}

/** The error of a budget of that name. */
export function exceededBy(budget: string, more: object = {}): unknown {
  return expect.objectContaining({ kind: "budget-exceeded", budget, retryable: false, ...more });
}
