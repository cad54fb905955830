import type { BudgetPeriod } from "./budget-window.js";
import type { CallFacts } from "./budgeted-call.js";

/** How much may be used: US dollars, at most 9,007,199, or tokens, input and output together. */
export type BudgetLimit = { usd: number; tokens?: undefined } | { tokens: number; usd?: undefined };

/** What has a purse of its own: each key, user, model or tag, or what a function makes of the call. */
export type BudgetPer =
  | "key"
  | "user"
  | "model"
  | "tag"
  | ((call: CallFacts) => string | readonly string[] | undefined);

/** The calls that a budget is for: those that fit all of what is named. In names of models `*` stands for any characters. */
export interface BudgetFor {
  keys?: readonly string[] | undefined;
  users?: readonly string[] | undefined;
  models?: readonly string[] | undefined;
  /** One of the call's tags must be among them. */
  tags?: readonly string[] | undefined;
}

/** A limit on what calls may use. */
export interface Budget {
  /**
   * What errors and warnings call it, and by which its purses are found again: it stays when the limit changes, and no two budgets of one call have the same.
   * At most 100 characters. Default made of the rest, such as `usd per key a day`; required where `per` is a function.
   */
  name?: string | undefined;
  limit: BudgetLimit;
  /**
   * One purse for each. A call with several tags draws on the purse of each of them. Calls that lack it, a key for instance, share one purse of their own.
   * Default: one purse for all calls.
   */
  per?: BudgetPer | undefined;
  /** By the calendar, in UTC. A call is charged to the window in which it began. */
  period: BudgetPeriod;
  /** Default: all calls. */
  for?: BudgetFor | undefined;
  /** The share of the limit at which a warning is due, above 0 to 1. Default: that of the options. */
  warnAt?: number | undefined;
}
