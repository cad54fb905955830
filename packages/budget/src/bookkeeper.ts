import { LLMError } from "@llmux/core";
import { exceeded } from "./budget-exceeded-error.js";
import type { Reservation } from "./budget-store.js";
import { type BudgetedCall, type BudgetedKind, type CallFacts, callOf } from "./budgeted-call.js";
import { GuardedStore } from "./guarded-store.js";
import { Leases } from "./leases.js";
import type { BudgetLookup, BudgetOptions } from "./options.js";
import { type Plan, toPlans } from "./plan.js";
import { Pricing } from "./pricing.js";
import { keptUntil, pursesOf } from "./purse.js";
import { type Settings, settingsOf } from "./settings.js";
import { type PurseStatus, statusOf } from "./status.js";
import { type Draw, Ticket } from "./ticket.js";
import { Warnings } from "./warnings.js";

/** Reserves for the calls of a backend. */
export class Bookkeeper {
  readonly pricing: Pricing;
  readonly store: GuardedStore;
  readonly leases: Leases;
  readonly warnings: Warnings;
  readonly #settings: Settings;

  /** @throws LLMError `invalid-request` for options that make no sense */
  constructor(provider: string, options: BudgetOptions) {
    const settings = settingsOf(options);
    this.#settings = settings;
    this.pricing = new Pricing(provider, settings);
    this.store = new GuardedStore(settings.store, settings);
    this.leases = new Leases((held) => void this.store.renew(held), settings.lease);
    this.warnings = new Warnings(settings.warnAt, settings.onWarning);
  }

  /**
   * Reserves for a call.
   *
   * @returns `undefined` where no budget is for it
   * @throws BudgetExceededError; LLMError `unsupported` where the price is not known and must be, `server` where the store is away,
   * `invalid-request` for budgets that make no sense
   */
  async open(kind: BudgetedKind, request: BudgetedCall["request"]): Promise<Ticket | undefined> {
    const call = callOf(kind, request, this.#settings.model);
    const plans = await this.#plansFor(call);
    const purses = pursesOf(plans, call, Date.now());
    if (purses.length === 0) return undefined;
    const inMoney = purses.find(({ plan }) => plan.unit === "usd");
    const estimate = this.pricing.estimate(call, inMoney !== undefined);
    if (inMoney && estimate.usd === undefined && this.#settings.unknownPrice === "refuse")
      throw unknownPrice(call.model, inMoney.plan.name);
    const draws = purses.map((purse): Draw => ({ purse, reserved: estimate[purse.plan.unit] }));
    const id = crypto.randomUUID();
    const answer = await this.store.reserve(id, draws.map(toReservation));
    if (typeof answer === "object") {
      const draw = draws.find(({ purse }) => purse.name === answer.refused)!;
      throw exceeded(draw.purse, answer, draw.reserved ?? 0, call.model);
    }
    return new Ticket(this, id, call, draws, estimate, answer);
  }

  /** @throws LLMError `server` where the store gives no answer */
  async status(call: CallFacts): Promise<PurseStatus[]> {
    const purses = pursesOf(await this.#plansFor(call), call, Date.now());
    const states = await this.store.read(purses.map(({ name }) => name));
    return purses.map((purse, at) => statusOf(purse, states[at]!));
  }

  #plansFor(call: CallFacts): readonly Plan[] | Promise<readonly Plan[]> {
    const { budgets } = this.#settings;
    return typeof budgets === "function" ? lookUp(budgets, call) : budgets;
  }
}

async function lookUp(budgets: BudgetLookup, call: CallFacts): Promise<Plan[]> {
  return toPlans(await budgets(call));
}

/** Of a call whose price is not known the least there is: so that it is refused where nothing is left. */
function toReservation({ purse, reserved = 1 }: Draw): Reservation {
  return { purse: purse.name, amount: reserved, limit: purse.plan.limit, until: keptUntil(purse) };
}

function unknownPrice(model: string | undefined, budget: string): LLMError {
  const what = model === undefined ? "a call that names no model" : JSON.stringify(model);
  return new LLMError({
    kind: "unsupported",
    parameter: "model",
    model,
    message: `What ${what} costs is not known, so that the budget "${budget}" can't be kept: give withBudget a price for it, or unknownPrice: "allow"`,
  });
}
