import type { CallRow } from "./call-row.js";
import type { ExportQuery } from "./export.js";
import type { CallQuery, RowsPage, RowsQuery } from "./queries.js";
import type { Spend, SpendGroup, SpendQuery } from "./spend.js";

/** Where the rows are. */
export interface Ledger {
  /**
   * Writes a row; resolves once it is committed. Rows that are recorded at about the same time share a commit. A row that is recorded twice is kept once.
   *
   * @throws {@link LedgerWriteError} where it could not be written now: `kept` says whether it will be tried again
   */
  record(row: CallRow): Promise<void>;
  /** How many rows are kept to be written later, since the last attempt failed; 0 where all is well. */
  readonly waiting: number;
  /** Sums over calls, by anything. In the order of the groups. @throws LLMError `invalid-request`, or what the database throws */
  spend<By extends SpendGroup = never>(query?: SpendQuery<By>): Promise<Spend<By>[]>;
  /** Rows in the order in which the calls began, page by page. @throws LLMError `invalid-request`, or what the database throws */
  rows(query?: RowsQuery): Promise<RowsPage>;
  /** All rows of a query as text, in pieces that can be written out as they come. @throws as `rows` does */
  export(query: ExportQuery): AsyncIterable<string>;
  /** Deletes rows, some thousands at a time, and says how many they were. @throws LLMError `invalid-request` without any condition */
  prune(query: CallQuery & { before?: Date | undefined }): Promise<number>;
  /** Writes what is waiting and closes. A client that was handed in stays open. @throws LedgerWriteError where rows could not be written */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A row could not be written. Known by its `name` and fields. */
export class LedgerWriteError extends Error {
  override readonly name = "LedgerWriteError";
  /** Whether the row is kept in memory and written when the database is back. */
  readonly kept: boolean;

  constructor(message: string, kept: boolean, cause: unknown) {
    super(message, { cause });
    this.kept = kept;
  }
}
