import { invalidOption, tell } from "@llmux/core";
import type { CallRow } from "./call-row.js";
import { LedgerWriteError } from "./ledger.js";

/** What becomes of rows that can't be written. */
export interface OutageOptions {
  /** Most rows that are kept in memory while the database is away. Default 10,000; about 1 kB each. */
  maxWaiting?: number | undefined;
  /** Told when a write failed after one that had not. */
  onAway?: ((error: unknown) => void) | undefined;
  /** Told when all that was waiting has been written. */
  onBack?: (() => void) | undefined;
}

interface Entry {
  row: CallRow;
  resolve: () => void;
  reject: (error: unknown) => void;
}

const BATCH = 500;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;

/**
 * Writes rows in groups: one write at a time, and all that comes meanwhile goes into the next. When a write fails its rows are kept, so are those
 * that come after, and they are tried again until they are written; those who wait for them are told at once.
 */
export class GroupWriter {
  #queue: Entry[] = [];
  #kept: CallRow[] = [];
  #running: Promise<void> | undefined;
  #retrying: Promise<void> | undefined;
  #scheduled = false;
  #busy = false;
  #closed = false;
  #fault: unknown;
  #wait = FIRST_WAIT;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #maxWaiting: number;

  /**
   * @param write all of the rows or none; may be given rows that it has written before
   * @param schedule when a group that has begun is written: the later, the more share the commit
   */
  constructor(
    private readonly write: (rows: readonly CallRow[]) => void | Promise<void>,
    private readonly schedule: (run: () => void) => void,
    private readonly options: OutageOptions = {},
  ) {
    this.#maxWaiting = options.maxWaiting ?? 10_000;
    if (!Number.isInteger(this.#maxWaiting) || this.#maxWaiting < 0)
      throw invalidOption("maxWaiting", "must be a whole number, 0 or more", this.#maxWaiting);
  }

  get waiting(): number {
    return this.#kept.length;
  }

  add(row: CallRow): Promise<void> {
    if (this.#closed) return Promise.reject(new LedgerWriteError("The ledger is closed", false, undefined));
    if (this.#kept.length > 0) return Promise.reject(this.#keep(row));
    return new Promise((resolve, reject) => {
      this.#queue.push({ row, resolve, reject });
      if (this.#scheduled || this.#busy) return;
      this.#scheduled = true;
      this.schedule(this.#begin);
    });
  }

  /** Writes what there is, once. @throws LedgerWriteError where rows remain */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#begin();
    await this.#running;
    if (this.#kept.length > 0) await this.#retry();
    clearTimeout(this.#timer);
    const { length } = this.#kept;
    if (length > 0) throw new LedgerWriteError(`${length} rows could not be written`, false, this.#fault);
  }

  readonly #begin = (): void => {
    this.#scheduled = false;
    if (!this.#busy) this.#running = this.#run();
  };

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, BATCH);
      try {
        if (this.#kept.length > 0) throw this.#fault;
        const written = this.write(batch.map(({ row }) => row));
        if (written) await written;
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#fault = error;
        const wasThere = this.#kept.length === 0;
        for (const { row, reject } of batch) reject(this.#keep(row));
        if (wasThere) tell(this.options.onAway, error);
      }
    }
    this.#busy = false;
  }

  #keep(row: CallRow): LedgerWriteError {
    const room = this.#kept.length < this.#maxWaiting;
    if (room) this.#kept.push(row);
    if (room && this.#timer === undefined) this.#arm();
    const fate = room
      ? "it is kept and will be tried again"
      : `as many as may wait (${this.#maxWaiting}) are waiting already`;
    return new LedgerWriteError(`The row could not be written: ${fate}`, room, this.#fault);
  }

  #arm(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#retry(), this.#wait);
    this.#timer.unref?.();
  }

  #retry(): Promise<void> {
    this.#retrying ??= this.#tryAgain().finally(() => {
      this.#retrying = undefined;
    });
    return this.#retrying;
  }

  async #tryAgain(): Promise<void> {
    try {
      while (this.#kept.length > 0) {
        const batch = this.#kept.slice(0, BATCH);
        await this.write(batch);
        this.#kept.splice(0, batch.length);
      }
      this.#timer = undefined;
      this.#wait = FIRST_WAIT;
      tell(this.options.onBack, undefined);
    } catch (error) {
      this.#fault = error;
      this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2);
      this.#arm();
    }
  }
}
