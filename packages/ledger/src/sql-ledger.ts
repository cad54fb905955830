import { invalidOption } from "@llmux/core";
import type { CallRow } from "./call-row.js";
import { type Dialect, Statement } from "./dialect.js";
import { type ExportQuery, exportRows } from "./export.js";
import type { Ledger } from "./ledger.js";
import { type CallQuery, conditionOf, moment, type RowsPage, type RowsQuery } from "./queries.js";
import { readRows } from "./read-rows.js";
import { type RunStatement, readSpend, type Spend, type SpendGroup, type SpendQuery } from "./spend.js";

/** What a database does for a ledger. */
export interface LedgerStore {
  readonly dialect: Dialect;
  readonly run: RunStatement;
  readonly waiting: number;
  record(row: CallRow): Promise<void>;
  close(): Promise<void>;
}

/** Few enough that others who write don't wait for long. */
const PRUNED_AT_ONCE = 2000;

/** The ledger over either database. */
export class SqlLedger implements Ledger {
  constructor(protected readonly store: LedgerStore) {}

  get waiting(): number {
    return this.store.waiting;
  }

  async record(row: CallRow): Promise<void> {
    moment("startedAt", row.startedAt);
    return this.store.record(row);
  }

  async spend<By extends SpendGroup = never>(query: SpendQuery<By> = {}): Promise<Spend<By>[]> {
    return readSpend(this.store.dialect, this.store.run, query);
  }

  async rows(query: RowsQuery = {}): Promise<RowsPage> {
    return readRows(this.store.dialect, this.store.run, query);
  }

  export(query: ExportQuery): AsyncIterable<string> {
    return exportRows((page) => this.rows(page), query);
  }

  async prune({ before, ...query }: CallQuery & { before?: Date | undefined }): Promise<number> {
    const { dialect, run } = this.store;
    const statement = new Statement(dialect);
    const further = before === undefined ? [] : [`calls.started_at < ${statement.time(moment("before", before))}`];
    const condition = conditionOf(statement, query, further);
    if (condition === "") throw invalidOption("before", "or another condition must be given", undefined);
    const text =
      `DELETE FROM ${dialect.table} WHERE (started_at, id) IN (SELECT calls.started_at, calls.id FROM ${dialect.table} AS calls ${condition} ` +
      `LIMIT ${PRUNED_AT_ONCE}) RETURNING 1 AS gone`;
    for (let gone = 0; ; ) {
      const { length } = await run(text, statement.values);
      gone += length;
      if (length < PRUNED_AT_ONCE) return gone;
      // Lets calls through between two bites, whose statements may be synchronous.
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
    }
  }

  close(): Promise<void> {
    return this.store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
