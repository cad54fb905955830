import { invalidOption } from "@llmux/core";
import { type BudgetUnit, MOST, toStored } from "./amounts.js";
import type { Budget, BudgetFor, BudgetPer } from "./budget.js";
import type { BudgetPeriod } from "./budget-window.js";
import type { CallFacts } from "./budgeted-call.js";

/** A budget, checked. */
export interface Plan {
  name: string;
  unit: BudgetUnit;
  /** As stores have it. */
  limit: number;
  per: BudgetPer | undefined;
  period: BudgetPeriod;
  warnAt: number | undefined;
  accepts: (call: CallFacts) => boolean;
  /** What the names of its purses begin with: the part of a JSON list that does not change. */
  prefix: string;
}

const PERS: readonly unknown[] = ["key", "user", "model", "tag"];
const PERIODS: readonly unknown[] = ["hour", "day", "month", "total"];

/** @throws LLMError `invalid-request` for budgets that make no sense, and for two of one name */
export function toPlans(budgets: readonly Budget[]): Plan[] {
  if (!Array.isArray(budgets)) throw invalidOption("budgets", "must be a list, or a function that gives one", budgets);
  const plans = budgets.map((budget: Budget, at) => toPlan(budget, `budgets[${at}]`));
  for (const [at, { name }] of plans.entries())
    if (plans.findIndex((other) => other.name === name) !== at)
      throw invalidOption(`budgets[${at}].name`, `must be its own: another is "${name}", too`);
  return plans;
}

function toPlan(budget: Budget, at: string): Plan {
  if (typeof budget !== "object" || budget === null) throw invalidOption(at, "must be a budget", budget);
  const { limit, per, period, warnAt } = budget;
  if (!PERIODS.includes(period)) throw invalidOption(`${at}.period`, "must be hour, day, month or total", period);
  if (per !== undefined && typeof per !== "function" && !PERS.includes(per))
    throw invalidOption(`${at}.per`, "must be key, user, model, tag or a function", per);
  const { usd, tokens } = limit ?? {};
  if ((usd === undefined) === (tokens === undefined))
    throw invalidOption(`${at}.limit`, "must be { usd } or { tokens }");
  const unit = usd === undefined ? "tokens" : "usd";
  const most = usd ?? tokens;
  if (typeof most !== "number" || !(most >= 0 && most <= MOST[unit]))
    throw invalidOption(`${at}.limit.${unit}`, `must be from 0 to ${MOST[unit]}`, most);
  checkShare(`${at}.warnAt`, warnAt);
  const name = nameOf(budget, unit, at);
  return {
    name,
    prefix: JSON.stringify([name, unit, period, typeof per === "string" ? per : ""]).slice(0, -1),
    unit,
    limit: unit === "usd" ? toStored(most, unit) : Math.floor(most),
    per,
    period,
    warnAt,
    accepts: filterOf(budget.for, `${at}.for`),
  };
}

export function checkShare(name: string, share: number | undefined): void {
  if (share !== undefined && !(typeof share === "number" && share > 0 && share <= 1))
    throw invalidOption(name, "must be above 0 and at most 1", share);
}

function nameOf({ name, per, period }: Budget, unit: BudgetUnit, at: string): string {
  if (name === undefined) {
    if (typeof per === "function") throw invalidOption(`${at}.name`, "must be given where per is a function");
    return `${unit}${per ? ` per ${per}` : ""} ${period === "total" ? "in total" : `${period === "hour" ? "an" : "a"} ${period}`}`;
  }
  if (typeof name !== "string" || name === "" || name.length > 100)
    throw invalidOption(`${at}.name`, "must be a text of 1 to 100 characters");
  return name;
}

function filterOf(of: BudgetFor | undefined, at: string): (call: CallFacts) => boolean {
  if (of === undefined) return () => true;
  if (typeof of !== "object" || of === null || Array.isArray(of)) throw invalidOption(at, "must be an object", of);
  const { keys, users, models, tags } = of;
  for (const [name, list] of Object.entries({ keys, users, models, tags }))
    if (list !== undefined && !(Array.isArray(list) && list.every((each) => typeof each === "string")))
      throw invalidOption(`${at}.${name}`, "must be a list of texts", list);
  const patterns = models?.map(patternOf);
  return (call) =>
    (!keys || (call.key !== undefined && keys.includes(call.key))) &&
    (!users || (call.user !== undefined && users.includes(call.user))) &&
    (!patterns || patterns.some((fits) => call.model !== undefined && fits(call.model))) &&
    (!tags || (call.tags ?? []).some((tag) => tags.includes(tag)));
}

function patternOf(pattern: string): (model: string) => boolean {
  const [head = "", ...middle] = pattern.split("*");
  const tail = middle.pop();
  if (tail === undefined) return (model) => model === pattern;
  return (model) => {
    const end = model.length - tail.length;
    if (end < head.length || !model.startsWith(head) || !model.endsWith(tail)) return false;
    let at = head.length;
    for (const piece of middle) {
      const found = model.indexOf(piece, at);
      if (found === -1 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}
