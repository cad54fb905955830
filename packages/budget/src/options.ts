import type { LLMError, PriceCall } from "@llmux/core";
import type { Budget } from "./budget.js";
import type { BudgetStore } from "./budget-store.js";
import type { BudgetedCall, CallFacts } from "./budgeted-call.js";
import type { BudgetWarning } from "./warnings.js";

/** Gives the budgets of a call. */
export type BudgetLookup = (call: CallFacts) => readonly Budget[] | Promise<readonly Budget[]>;

export interface BudgetOptions {
  /**
   * The limits, all of which must have room for a call; or who looks them up for each call, where an application keeps them itself. What that throws ends the
   * call.
   */
  budgets: readonly Budget[] | BudgetLookup;
  /** Where it is kept what was spent. Default: in memory, for this process alone and until it ends. */
  store?: BudgetStore | undefined;
  /**
   * Reckons what calls will cost, and what answers did that carry no `cost`, as streams that were cut have none; `priceOf` of `@llmux/prices` is one.
   * What it throws goes to nobody: the price is then not known. Needed where a budget is in money, unless `unknownPrice` allows such calls.
   */
  price?: PriceCall | undefined;
  /**
   * What becomes of calls whose price is not known and that a budget in money is for. `refuse`, the default: an `unsupported` error. `allow`: nothing is held
   * for them, so that any number may go over the limit together; what they then cost is charged where it is known, and a warning tells where it is not.
   */
  unknownPrice?: "refuse" | "allow" | undefined;
  /** What a call may take, in place of the package's own estimate; what it leaves out is estimated. What it throws ends the call. */
  estimate?:
    | ((call: BudgetedCall) => { usd?: number | undefined; tokens?: number | undefined } | undefined)
    | undefined;
  /** Tokens that an answer is estimated at whose request sets no `maxTokens`. Default 1,000. */
  outputTokens?: number | undefined;
  /** What calls ask for that name no model, such as the `model` of `createLLM`; for their price and for budgets by model. */
  model?: string | undefined;
  /** The share of its limit from which on a purse is warned of, above 0 to 1. Default 0.8. */
  warnAt?: number | undefined;
  /** Told of warnings: of a purse once in its window, by each process. What it throws is ignored. */
  onWarning?: ((warning: BudgetWarning) => void) | undefined;
  /** Milliseconds after which what a process holds is free again when it has died. Renewed for calls that take longer. Default 60,000. */
  lease?: number | undefined;
  /** Milliseconds that a call waits for the store at most, once before and once after it. Default 2,000. */
  storeTimeout?: number | undefined;
  /**
   * What becomes of calls while the store can't be reached. `closed`, the default: a `server` error. `open`: they go on, and each process holds its own to the
   * limits by what they alone use meanwhile, which is charged when the store is back.
   */
  onStoreFailure?: "open" | "closed" | undefined;
  /** Told when the store failed that had not. What it throws is ignored. */
  onAway?: ((error: LLMError) => void) | undefined;
  /** Told when the store is back and all is charged that waited. What it throws is ignored. */
  onBack?: (() => void) | undefined;
}
