import type { Bookkeeper } from "./bookkeeper.js";
import type { BudgetedCall } from "./budgeted-call.js";
import type { Keeper } from "./guarded-store.js";
import type { Leased } from "./leases.js";
import { type Answer, type Estimate, NOTHING, UNKNOWN, type Used } from "./pricing.js";
import { keptUntil, type Purse } from "./purse.js";

/** A purse, and what is held in it for a call; `undefined` where nobody knows what the call costs. */
export interface Draw {
  purse: Purse;
  reserved: number | undefined;
}

/** What is held for one call, from before it is made until it is settled, which is done once, by whatever comes first. */
export class Ticket implements Leased {
  isWaiting = true;
  wasRead = false;
  #isSettled = false;

  constructor(
    private readonly books: Bookkeeper,
    readonly id: string,
    readonly call: BudgetedCall,
    private readonly draws: readonly Draw[],
    private readonly estimate: Estimate,
    private readonly keeper: Keeper,
  ) {
    if (keeper === "store") books.leases.add(this);
  }

  get purses(): readonly string[] {
    return this.draws.map(({ purse }) => purse.name);
  }

  answered(answer: Answer): Promise<void> {
    return this.#settle(() => this.books.pricing.answered(this.call, answer));
  }

  failed(error: unknown): Promise<void> {
    return this.#settle(() => this.books.pricing.failed(this.call, error, this.estimate));
  }

  /** A stream was left before its first content, and nobody says whether the provider had read what it was sent. */
  unanswered(): Promise<void> {
    return this.#settle(() => this.books.pricing.read(this.call, this.estimate));
  }

  /** The call was not made. */
  release(): Promise<void> {
    return this.#settle(() => NOTHING);
  }

  async #settle(use: () => Used): Promise<void> {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.books.leases.delete(this);
    const used = attempt(use);
    const states = await this.books.store.settle(
      this.id,
      this.draws.map((draw) => ({
        purse: draw.purse.name,
        amount: this.#amountOf(draw, used),
        until: keptUntil(draw.purse),
      })),
      this.keeper,
    );
    for (const [at, state] of (states ?? []).entries()) this.books.warnings.spent(this.draws[at]!.purse, state);
  }

  /** Where nobody says what was used it is taken to be what was expected; never nothing, unless that is told. */
  #amountOf({ purse: { plan }, reserved }: Draw, used: Used): number {
    const amount = used[plan.unit] ?? reserved;
    if (amount === undefined) this.books.warnings.unknownPrice(plan.name, this.call.model);
    return amount ?? 0;
  }
}

/** What can't be reckoned is not known; the answer is handed over all the same. */
function attempt(use: () => Used): Used {
  try {
    return use();
  } catch {
    return UNKNOWN;
  }
}
