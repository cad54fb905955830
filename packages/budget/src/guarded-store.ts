import { LLMError, tell } from "@llmux/core";
import type { BudgetStore, HeldPurses, PurseAmount, PurseState, Refusal, Reservation } from "./budget-store.js";
import { StandIn } from "./stand-in.js";
import { within } from "./within.js";

/** Who holds a reservation. */
export type Keeper = "store" | "stand-in";

interface GuardOptions {
  lease: number;
  storeTimeout: number;
  onStoreFailure: "open" | "closed";
  onAway: ((error: LLMError) => void) | undefined;
  onBack: (() => void) | undefined;
}

/** Milliseconds between two looks whether the store is back. */
const RETRY = 500;
/** What is owed is brought to the store so many at a time: most of it fits into one go, and none waits for long. */
const AT_ONCE = 50;
const MOST_PURSES = 100;

/**
 * A store that never keeps a call waiting for longer than it may. Once it has failed it counts as away, and is looked for by a timer alone. What was used
 * meanwhile is kept, and charged when it is back.
 */
export class GuardedStore {
  readonly #standIn = new StandIn();
  /** Settlements that could not be made, by their ids. */
  readonly #owed = new Map<string, readonly PurseAmount[]>();
  #fault: { error: unknown } | undefined;
  /** A purse to ask for, to see whether the store is back. */
  #probe = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #paying: Promise<void> | undefined;

  constructor(
    private readonly store: BudgetStore,
    private readonly options: GuardOptions,
  ) {}

  /** @throws LLMError `server` where the store is away and calls are then refused */
  async reserve(id: string, wanted: readonly Reservation[]): Promise<Refusal | Keeper> {
    const { lease, storeTimeout } = this.options;
    if (!this.#fault) {
      try {
        const answer = await within(this.store.reserve(id, wanted, lease), storeTimeout);
        return answer ?? "store";
      } catch (error) {
        this.#probe = wanted[0]!.purse;
        // It may have been reserved all the same.
        this.#owed.set(
          id,
          wanted.map((each) => ({ ...each, amount: 0 })),
        );
        this.#lost(error);
      }
    }
    if (this.options.onStoreFailure === "closed") throw this.#unavailable();
    const refusal = this.#standIn.reserve(id, wanted);
    if (refusal === "full") throw this.#unavailable();
    return refusal ?? "stand-in";
  }

  /** @returns the states of the purses, where the store gives them */
  async settle(id: string, used: readonly PurseAmount[], keeper: Keeper): Promise<readonly PurseState[] | undefined> {
    if (keeper === "stand-in") {
      this.#standIn.settle(id, used);
      this.#arm();
      return undefined;
    }
    if (!this.#fault) {
      try {
        return await within(this.store.settle(id, used), this.options.storeTimeout);
      } catch (error) {
        this.#probe = used[0]!.purse;
        this.#lost(error);
      }
    }
    this.#owed.set(id, used);
    this.#arm();
    return undefined;
  }

  async renew(held: readonly HeldPurses[]): Promise<void> {
    if (this.#fault) return;
    try {
      await within(this.store.renew(held, this.options.lease), this.options.storeTimeout);
    } catch (error) {
      this.#probe = held[0]!.purses[0]!;
      this.#lost(error);
    }
  }

  /** @throws LLMError `server` where the store gives no answer */
  async read(purses: readonly string[]): Promise<readonly PurseState[]> {
    try {
      return await within(this.store.read(purses), this.options.storeTimeout);
    } catch (error) {
      throw new LLMError({ kind: "server", message: `The budgets can't be read: ${wordsOf(error)}` });
    }
  }

  /** Brings what is owed to the store, once. @throws LLMError `server` where that fails */
  async close(): Promise<void> {
    await this.#pay();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { size } = this.#owed;
    if (!this.#fault || (size === 0 && !this.#standIn.arrears)) return;
    const message = `What calls have used could not be charged: ${wordsOf(this.#fault.error)}`;
    throw new LLMError({ kind: "server", message });
  }

  #unavailable(): LLMError {
    const message = `The call was not made, since the budgets can't be read: ${wordsOf(this.#fault?.error)}`;
    return new LLMError({ kind: "server", message, retryable: true });
  }

  #lost(error: unknown): void {
    const isNew = !this.#fault;
    this.#fault = { error };
    this.#arm();
    if (isNew)
      tell(this.options.onAway, new LLMError({ kind: "server", message: `The budgets are away: ${wordsOf(error)}` }));
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#paying) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#pay();
    }, RETRY);
    (this.#timer as { unref?(): void }).unref?.();
  }

  #pay(): Promise<void> {
    this.#paying ??= this.#payAll().finally(() => {
      this.#paying = undefined;
      if (this.#fault || this.#owed.size > 0 || this.#standIn.arrears) this.#arm();
    });
    return this.#paying;
  }

  async #payAll(): Promise<void> {
    const { storeTimeout } = this.options;
    try {
      if (this.#fault) await within(this.store.read([this.#probe]), storeTimeout);
      while (await this.#paySome());
    } catch (error) {
      this.#lost(error);
      return;
    }
    if (!this.#fault) return;
    this.#fault = undefined;
    tell(this.options.onBack, undefined);
  }

  /** @returns whether there was anything to pay */
  async #paySome(): Promise<boolean> {
    const { storeTimeout } = this.options;
    const some = [...this.#owed].slice(0, AT_ONCE);
    await Promise.all(some.map(async ([id, used]) => within(this.store.settle(id, used), storeTimeout)));
    for (const [id] of some) this.#owed.delete(id);
    const { arrears } = this.#standIn;
    if (!arrears) return some.length > 0;
    for (let at = 0; at < arrears.used.length; at += MOST_PURSES)
      await within(this.store.charge(arrears.id, arrears.used.slice(at, at + MOST_PURSES)), storeTimeout);
    this.#standIn.paid();
    return true;
  }
}

/** What is known of a failure, without what may be secret: a driver's error can hold the address with its password, or the command that sent it. */
function wordsOf(error: unknown): string {
  const { message: text, code } = (error ?? {}) as { message?: string; code?: unknown };
  const message = text || String(code ?? "it failed");
  return message.replace(/(\/\/)[^\s/@]*@/g, "$1***@");
}
