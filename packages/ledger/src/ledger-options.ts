import type { PriceCall } from "@llmux/core";
import type { CallRow } from "./call-row.js";
import type { Ledger } from "./ledger.js";

/** A row that was not written when its call ended. */
export interface LedgerFailure {
  error: unknown;
  row: CallRow;
  /** Whether the ledger keeps the row and writes it when it can. Where not, this is the last that is seen of it. */
  kept: boolean;
}

export interface WithLedgerOptions {
  /** Where the rows go. Default: a SQLite file `llmux-ledger.sqlite` in the working directory, opened with the first call; Node only. */
  ledger?: Ledger | undefined;
  /**
   * For answers that carry no `cost`, and for streams that were cut, aborted or left. Not asked for answers of a cache, which cost nothing. What it
   * throws goes to nobody: the cost is then not known.
   */
  price?: PriceCall | undefined;
  /** Told of each row that could not be written when its call ended. What it throws is ignored. */
  onFailure?: ((failure: LedgerFailure) => void) | undefined;
  /**
   * Whether calls that can't be entered in the ledger fail. Default false: they go on, and their rows are kept for later as far as there is room. With
   * true a call is refused before it is made while rows wait to be written, and one whose own row can't be written fails, although it was made and paid
   * for.
   */
  failClosed?: boolean | undefined;
}
