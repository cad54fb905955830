import { tell } from "@llmux/core";
import type { CallRow } from "./call-row.js";
import type { OutageOptions } from "./group-writer.js";
import type { RowsPage, RowsQuery } from "./queries.js";

/** A ledger that keeps rows for another while that one is away: one of `@llmux/ledger/sqlite`. */
export interface SpillLedger {
  record(row: CallRow): Promise<void>;
  rows(query: RowsQuery): Promise<RowsPage>;
  remove(rows: readonly CallRow[]): Promise<void>;
}

const PAGE = 500;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;

/**
 * Writes rows to a file while the database is away, and from the file to the database when it is back; also those that a process which is no more has
 * left there. A row is taken out of the file only after the database has it.
 */
export class Spill {
  #away = false;
  #writing = 0;
  #draining: Promise<void> | undefined;
  #wait = FIRST_WAIT;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** @param target writes to the database; may be given rows that it has already */
  constructor(
    private readonly target: (rows: readonly CallRow[]) => Promise<void>,
    private readonly file: SpillLedger,
    private readonly options: OutageOptions,
  ) {
    this.#arm(0);
  }

  /** @throws what the file throws, where that can't be written either */
  readonly write = async (rows: readonly CallRow[]): Promise<void> => {
    if (!this.#away) {
      try {
        return await this.target(rows);
      } catch (error) {
        this.#away = true;
        this.#arm(this.#wait);
        tell(this.options.onAway, error);
      }
    }
    this.#writing += 1;
    try {
      await Promise.all(rows.map((row) => this.file.record(row)));
    } finally {
      this.#writing -= 1;
    }
  };

  /** Tries once more; what is in the file by then stays there for the next process. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#drain();
  }

  #arm(wait: number): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#drain(), wait);
    this.#timer.unref?.();
  }

  #drain(): Promise<void> {
    this.#draining ??= this.#empty().finally(() => {
      this.#draining = undefined;
    });
    return this.#draining;
  }

  async #empty(): Promise<void> {
    try {
      for (;;) {
        // Looked at before the file is: what is being written now may not be found in it.
        const writing = this.#writing;
        const { rows } = await this.file.rows({ limit: PAGE });
        if (rows.length === 0) {
          if (writing === 0 && this.#writing === 0) break;
          await new Promise<void>((resolve) => setTimeout(resolve, 10));
          continue;
        }
        await this.target(rows);
        await this.file.remove(rows);
      }
      this.#wait = FIRST_WAIT;
      if (!this.#away) return;
      this.#away = false;
      tell(this.options.onBack, undefined);
    } catch (error) {
      if (!this.#away) tell(this.options.onAway, error);
      this.#away = true;
      this.#arm(this.#wait);
      this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2);
    }
  }
}
