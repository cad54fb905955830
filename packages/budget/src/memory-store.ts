import {
  type BudgetStore,
  type HeldPurses,
  type PurseAmount,
  type PurseState,
  REMEMBERED,
  type Refusal,
  type Reservation,
} from "./budget-store.js";
import { DueQueue } from "./due-queue.js";

/** A store for one process; what it keeps is gone when the process ends. */
export function memoryStore(): BudgetStore {
  return new MemoryStore();
}

interface Held {
  /** The purses themselves: one that was forgotten meanwhile is not made anew. */
  parts: readonly { name: string; purse: PurseState; amount: number }[];
  lease: number;
  lapsed: boolean;
}

const EMPTY: PurseState = { spent: 0, reserved: 0 };

class MemoryStore implements BudgetStore {
  readonly #purses = new Map<string, PurseState>();
  readonly #held = new Map<string, Held>();
  readonly #charged = new Set<string>();
  /** By the length of the lease: those of one length end in the order in which they began. */
  readonly #leases = new Map<number, DueQueue<string>>();
  /** Ids to be forgotten. */
  readonly #remembered = new DueQueue<string>();
  /** By the moment at which they may be forgotten, of which there are few. */
  readonly #ends = new Map<number, string[]>();
  #nextEnd = Number.POSITIVE_INFINITY;

  reserve(id: string, wanted: readonly Reservation[], lease: number): Refusal | undefined {
    const now = this.#clear();
    if (this.#held.has(id)) return undefined;
    for (const { purse, limit, amount } of wanted) {
      const known = this.#purses.get(purse) ?? EMPTY;
      if (known.spent + known.reserved + amount > limit) return { refused: purse, ...this.#state(purse) };
    }
    const parts = wanted.map((each) => ({ name: each.purse, purse: this.#purse(each), amount: each.amount }));
    const held = { parts, lease, lapsed: false };
    hold(held, 1);
    this.#held.set(id, held);
    this.#lease(lease).push(id, now + lease);
    return undefined;
  }

  settle(id: string, used: readonly PurseAmount[]): readonly PurseState[] {
    this.#clear();
    const held = this.#held.get(id);
    if (held) {
      if (!held.lapsed) hold(held, -1);
      this.#held.delete(id);
      this.#lease(held.lease).delete(id);
      for (const { name, purse } of held.parts) purse.spent += used.find((each) => each.purse === name)?.amount ?? 0;
    }
    return used.map(({ purse }) => this.#state(purse));
  }

  charge(id: string, used: readonly PurseAmount[]): void {
    const now = this.#clear();
    if (this.#charged.has(id)) return;
    this.#charged.add(id);
    this.#remembered.push(id, now + REMEMBERED);
    for (const each of used) this.#purse(each).spent += each.amount;
  }

  renew(all: readonly HeldPurses[], lease: number): void {
    const now = this.#clear();
    for (const { id } of all) {
      const held = this.#held.get(id);
      if (!held) continue;
      this.#lease(held.lease).delete(id);
      if (held.lapsed) hold(held, 1);
      held.lapsed = false;
      held.lease = lease;
      this.#lease(lease).push(id, now + lease);
    }
  }

  read(purses: readonly string[]): readonly PurseState[] {
    this.#clear();
    return purses.map((purse) => this.#state(purse));
  }

  #state(name: string): PurseState {
    const purse = this.#purses.get(name);
    return { spent: purse?.spent ?? 0, reserved: purse?.reserved ?? 0 };
  }

  #purse({ purse: name, until }: PurseAmount): PurseState {
    let purse = this.#purses.get(name);
    if (!purse) {
      purse = { spent: 0, reserved: 0 };
      this.#purses.set(name, purse);
      if (until !== undefined) {
        const ending = this.#ends.get(until);
        if (ending) ending.push(name);
        else this.#ends.set(until, [name]);
        this.#nextEnd = Math.min(this.#nextEnd, until);
      }
    }
    return purse;
  }

  #lease(length: number): DueQueue<string> {
    let queue = this.#leases.get(length);
    if (!queue) {
      queue = new DueQueue();
      this.#leases.set(length, queue);
    }
    return queue;
  }

  /** Lets lapse and forgets what is due. @returns now */
  #clear(): number {
    const now = Date.now();
    for (const queue of this.#leases.values())
      for (const id of queue.take(now)) {
        const held = this.#held.get(id)!;
        hold(held, -1);
        held.lapsed = true;
        this.#remembered.push(id, now + REMEMBERED);
      }
    for (const id of this.#remembered.take(now)) {
      this.#charged.delete(id);
      if (this.#held.get(id)?.lapsed) this.#held.delete(id);
    }
    if (this.#nextEnd <= now) this.#forgetPurses(now);
    return now;
  }

  #forgetPurses(now: number): void {
    for (const [end, names] of this.#ends) {
      if (end > now) continue;
      for (const name of names) this.#purses.delete(name);
      this.#ends.delete(end);
    }
    this.#nextEnd = Math.min(Number.POSITIVE_INFINITY, ...this.#ends.keys());
  }
}

function hold({ parts }: Held, sign: 1 | -1): void {
  for (const { purse, amount } of parts) purse.reserved += sign * amount;
}
