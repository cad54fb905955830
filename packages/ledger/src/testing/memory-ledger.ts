import type { CallRow } from "../call-row.js";
import { type Ledger, LedgerWriteError } from "../ledger.js";

/** A ledger that only takes rows, waits as long as it is told, and fails when it is told. */
export class MemoryLedger {
  readonly rows: CallRow[] = [];
  waiting = 0;
  /** What `record` waits for before the row is in. */
  gate: Promise<void> | undefined;
  broken = false;

  async record(row: CallRow): Promise<void> {
    await this.gate;
    if (this.broken) throw new LedgerWriteError("down", true, undefined);
    this.rows.push({ ...row });
  }

  get ledger(): Ledger {
    return this as unknown as Ledger;
  }
}
