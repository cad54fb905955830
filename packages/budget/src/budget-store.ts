/** One amount to be reserved: whole micro-dollars or tokens, so that sums do not drift. */
export interface Reservation {
  /** The purse's name, its window included. */
  purse: string;
  limit: number;
  amount: number;
}

/** What is known of a purse. */
export interface PurseState {
  spent: number;
  reserved: number;
}

/** The first purse that had too little left. */
export interface Refusal extends PurseState {
  purse: string;
}

/** Keeps what was spent and reserved. Each operation is atomic. */
export interface BudgetStore {
  /** Reserves all or nothing, for `lease` milliseconds. `undefined` if it did. */
  reserve(id: string, wanted: readonly Reservation[], lease: number): Promise<Refusal | undefined>;
  /** Frees what the id reserved, if it has not expired, and charges what was used; 0 releases. */
  settle(id: string, used: readonly { purse: string; amount: number }[]): Promise<void>;
  read(purses: readonly string[]): Promise<PurseState[]>;
}
