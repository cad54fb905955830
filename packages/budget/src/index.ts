export type { BudgetStore, PurseState, Refusal, Reservation } from "./budget-store.js";
export { type BudgetPeriod, type BudgetWindow, budgetWindow } from "./budget-window.js";
export { memoryStore } from "./memory-store.js";
