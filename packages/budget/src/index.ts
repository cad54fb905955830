export type { BudgetUnit } from "./amounts.js";
export type { Budget, BudgetFor, BudgetLimit, BudgetPer } from "./budget.js";
export { type BudgetExceeded, BudgetExceededError, isBudgetExceeded } from "./budget-exceeded-error.js";
export type {
  Awaitable,
  BudgetStore,
  HeldPurses,
  PurseAmount,
  PurseState,
  Refusal,
  Reservation,
} from "./budget-store.js";
export type { BudgetPeriod } from "./budget-window.js";
export type { BudgetedCall, BudgetedKind, CallFacts } from "./budgeted-call.js";
export { memoryStore } from "./memory-store.js";
export type { BudgetOptions } from "./options.js";
export type { PurseStatus } from "./status.js";
export type { BudgetWarning, ShareWarning, UnknownPriceWarning } from "./warnings.js";
export { type Budgeted, withBudget } from "./with-budget.js";
