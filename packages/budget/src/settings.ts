import { invalidOption } from "@llmux/core";
import type { BudgetStore } from "./budget-store.js";
import { memoryStore } from "./memory-store.js";
import type { BudgetLookup, BudgetOptions } from "./options.js";
import { checkShare, type Plan, toPlans } from "./plan.js";

type Optional = "price" | "estimate" | "model" | "onWarning" | "onAway" | "onBack";

/** Options, checked and with their defaults. */
export interface Settings
  extends Required<Omit<BudgetOptions, "budgets" | Optional>>,
    Pick<{ [Name in Optional]: BudgetOptions[Name] }, Optional> {
  budgets: readonly Plan[] | BudgetLookup;
  unknownPrice: "refuse" | "allow";
  outputTokens: number;
  warnAt: number;
  lease: number;
  storeTimeout: number;
  onStoreFailure: "open" | "closed";
  store: BudgetStore;
}

const OPERATIONS = ["reserve", "settle", "charge", "renew", "read"] as const;

/** @throws LLMError `invalid-request` naming the option */
export function settingsOf(options: BudgetOptions): Settings {
  const {
    price,
    estimate,
    model,
    onWarning,
    onAway,
    onBack,
    unknownPrice = "refuse",
    onStoreFailure = "closed",
  } = options;
  for (const [name, hook] of Object.entries({ price, estimate, onWarning, onAway, onBack }))
    if (hook !== undefined && typeof hook !== "function") throw invalidOption(name, "must be a function", hook);
  if (model !== undefined && typeof model !== "string") throw invalidOption("model", "must be a name", model);
  if (unknownPrice !== "refuse" && unknownPrice !== "allow")
    throw invalidOption("unknownPrice", "must be refuse or allow", unknownPrice);
  if (onStoreFailure !== "open" && onStoreFailure !== "closed")
    throw invalidOption("onStoreFailure", "must be open or closed", onStoreFailure);
  checkShare("warnAt", options.warnAt);
  const budgets = typeof options.budgets === "function" ? options.budgets : toPlans(options.budgets);
  if (typeof budgets !== "function" && !price && !estimate && unknownPrice === "refuse") {
    const inMoney = budgets.find(({ unit }) => unit === "usd");
    if (inMoney)
      throw invalidOption(
        "price",
        `must be given for the budget "${inMoney.name}", such as priceOf of @llmux/prices: without it no call is allowed`,
      );
  }
  return {
    budgets,
    store: storeOf(options.store),
    price,
    estimate,
    model,
    unknownPrice,
    onStoreFailure,
    outputTokens: whole("outputTokens", options.outputTokens ?? 1000, 0),
    warnAt: options.warnAt ?? 0.8,
    lease: whole("lease", options.lease ?? 60_000, 100),
    storeTimeout: whole("storeTimeout", options.storeTimeout ?? 2000, 1),
    onWarning,
    onAway,
    onBack,
  };
}

function storeOf(store: BudgetStore | undefined): BudgetStore {
  if (store === undefined) return memoryStore();
  if (OPERATIONS.some((name) => typeof store?.[name] !== "function"))
    throw invalidOption("store", `must have ${OPERATIONS.join(", ")}`, store);
  return store;
}

function whole(name: string, value: number, least: number): number {
  if (!(Number.isInteger(value) && value >= least && value < 2 ** 31))
    throw invalidOption(name, `must be a whole number from ${least} to 2^31 - 1`, value);
  return value;
}
