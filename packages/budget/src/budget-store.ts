/**
 * A purse: what one budget has for one key, user, model or tag in one window. Amounts are whole numbers, nano-dollars or tokens, so that sums do not
 * drift; up to 2^53 - 1.
 */
export interface PurseAmount {
  /** The purse's name, its window included. */
  purse: string;
  amount: number;
  /** When the store may forget the purse, in milliseconds since 1970. Left out: never. */
  until?: number | undefined;
}

/** An amount to be held back, if the purse has it. */
export interface Reservation extends PurseAmount {
  limit: number;
}

/** What is known of a purse; of one that is not known, zeros. */
export interface PurseState {
  spent: number;
  /** Held back for calls that are under way. */
  reserved: number;
}

/** The first purse that had too little left. */
export interface Refusal extends PurseState {
  refused: string;
}

/** What is reserved under one id. */
export interface HeldPurses {
  id: string;
  purses: readonly string[];
}

/** A store that is within the process may answer at once, which saves the call a turn of the event loop. */
export type Awaitable<T> = T | Promise<T>;

/**
 * Keeps what was spent and reserved. Each operation but `renew` is atomic. Within one operation a purse is named once.
 *
 * A reservation that is neither settled nor renewed in time lapses: what it held is free again, and its id is remembered for a week, within which a
 * settlement that comes late is still charged. Leases run by the store's own clock.
 */
export interface BudgetStore {
  /**
   * Reserves in all purses or in none, for `lease` milliseconds: where what is spent, reserved and wanted is together more than the limit, in none. An id
   * that holds these purses keeps what it holds, and nothing more is reserved.
   *
   * @returns the refusal, if it did not
   */
  reserve(id: string, wanted: readonly Reservation[], lease: number): Awaitable<Refusal | undefined>;
  /**
   * Ends a reservation and charges what was used, which may be more than was reserved, and 0. Every purse that was reserved must be named. An id without
   * a reservation was settled before, and nothing is charged.
   *
   * @returns the state of each purse after it
   */
  settle(id: string, used: readonly PurseAmount[]): Awaitable<readonly PurseState[]>;
  /** Charges what nothing was reserved for; the same again, id and purses, within a week charges nothing more. */
  charge(id: string, used: readonly PurseAmount[]): Awaitable<void>;
  /** Lets reservations lapse only after `lease` milliseconds from now; what has lapsed is held again, whatever the limit. Others are passed over. */
  renew(held: readonly HeldPurses[], lease: number): Awaitable<void>;
  /** The state of each purse. */
  read(purses: readonly string[]): Awaitable<readonly PurseState[]>;
}

/** How long an id that has lapsed or was charged is remembered. */
export const REMEMBERED: number = 7 * 24 * 3_600_000;
