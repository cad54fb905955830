import type { DatabaseSync } from "node:sqlite";
import { invalidOption, LLMError } from "@llmux/core";
import type { CallRow } from "./call-row.js";
import { COLUMNS } from "./columns.js";
import { GroupWriter, type OutageOptions } from "./group-writer.js";
import type { Ledger } from "./ledger.js";
import { migrateSqlite } from "./migrate-sqlite.node.js";
import { SqlLedger } from "./sql-ledger.js";
import { SQLITE_DIALECT } from "./sqlite-dialect.js";
import { storedValue } from "./stored-values.js";

export interface OpenLedgerOptions extends OutageOptions {
  /** The file, made with its folder where it is missing; `:memory:` for none. Default `llmux-ledger.sqlite` in the working directory. */
  path?: string | undefined;
  /**
   * What a commit survives. `normal` (default): the end of the process, however sudden; when the machine loses power the last commits may be gone, and the
   * file is sound. `full`: power loss too, for the price of one wait for the disk a commit.
   */
  durability?: "normal" | "full" | undefined;
  /** Milliseconds to wait, with the process at a stand, for another process that is writing. Default 1,000. */
  busyTimeout?: number | undefined;
}

/** A ledger in a file of SQLite's. */
export interface SqliteLedger extends Ledger {
  /** Deletes just these rows. */
  remove(rows: readonly Pick<CallRow, "startedAt" | "id">[]): Promise<void>;
}

/** Where a ledger is when nothing says where: in the working directory. */
export const DEFAULT_PATH = "llmux-ledger.sqlite";

/**
 * Opens a ledger in a file, with the SQLite that comes with Node, and brings the file to the newest version. Several processes may have it open.
 *
 * @throws LLMError `invalid-request` where it can't be opened: no SQLite in this runtime, no such folder, a newer ledger, a file of something else
 */
export function openLedger(options: OpenLedgerOptions = {}): SqliteLedger {
  const { path = DEFAULT_PATH, durability = "normal", busyTimeout = 1000 } = options;
  if (typeof path !== "string" || path === "") throw invalidOption("path", "must be the path of a file", path);
  if (durability !== "normal" && durability !== "full")
    throw invalidOption("durability", 'must be "normal" or "full"', durability);
  if (!(busyTimeout >= 0 && busyTimeout < 2 ** 31))
    throw invalidOption("busyTimeout", "must be 0 ms or more", busyTimeout);
  // Not imported, so that what is bundled for a runtime without it can hold this code.
  const builtin = globalThis.process?.getBuiltinModule;
  const sqlite = builtin?.("node:sqlite");
  if (!builtin || !sqlite)
    return refuse("This runtime has no node:sqlite, which Node has since 22.13: hand in another `ledger`");
  let db: DatabaseSync | undefined;
  try {
    if (path !== ":memory:") builtin("node:fs").mkdirSync(builtin("node:path").dirname(path), { recursive: true });
    db = new sqlite.DatabaseSync(path, { timeout: Math.max(busyTimeout, 5000) });
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durability.toUpperCase()}`);
    migrateSqlite(db, path);
    db.exec(`PRAGMA busy_timeout = ${Math.round(busyTimeout)}`);
    return new FileLedger(db, options);
  } catch (error) {
    db?.close();
    if (error instanceof LLMError) throw error;
    return refuse(`The ledger ${path} can't be opened: ${(error as Error).message}`, error);
  }
}

class FileLedger extends SqlLedger implements SqliteLedger {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync, options: OutageOptions) {
    const insert = insertInto(db);
    // Once the answers that have just arrived have all been looked at, so that they share a commit.
    const writer = new GroupWriter(insert, (run) => setImmediate(run), options);
    super({
      dialect: SQLITE_DIALECT,
      run: async (text, values) => db.prepare(text).all(...(values as never[])) as Record<string, unknown>[],
      get waiting() {
        return writer.waiting;
      },
      record: (row) => writer.add(row),
      async close() {
        try {
          await writer.close();
        } finally {
          if (db.isOpen) db.close();
        }
      },
    });
    this.#db = db;
  }

  async remove(rows: readonly Pick<CallRow, "startedAt" | "id">[]): Promise<void> {
    const remove = this.#db.prepare("DELETE FROM calls WHERE started_at = ? AND id = ?");
    transaction(this.#db, () => {
      for (const { startedAt, id } of rows) remove.run(startedAt.getTime(), id);
    });
  }
}

function insertInto(db: DatabaseSync): (rows: readonly CallRow[]) => void {
  const names = COLUMNS.map(({ name }) => name);
  const insert = db.prepare(
    `INSERT INTO calls (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")}) ON CONFLICT DO NOTHING`,
  );
  const add = (row: CallRow): void => {
    const values = COLUMNS.map(({ field, kind }) => {
      const value = storedValue(row[field], kind);
      return typeof value === "boolean" ? Number(value) : value;
    });
    insert.run(...values);
  };
  return (rows) => {
    // One statement is a transaction of its own.
    if (rows.length === 1) add(rows[0]!);
    else transaction(db, () => rows.forEach(add));
  };
}

function transaction(db: DatabaseSync, work: () => void): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    work();
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function refuse(message: string, cause?: unknown): never {
  throw new LLMError({ kind: "invalid-request", parameter: "path", message, ...(cause !== undefined && { cause }) });
}
