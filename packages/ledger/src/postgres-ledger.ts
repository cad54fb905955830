import { deadline, invalidOption } from "@llmux/core";
import type { CallRow } from "./call-row.js";
import { COLUMNS, type ColumnKind } from "./columns.js";
import { GroupWriter, type OutageOptions } from "./group-writer.js";
import type { Ledger } from "./ledger.js";
import { migratePostgres } from "./migrate-postgres.js";
import { postgresDialect } from "./postgres-dialect.js";
import { postgresMigrations } from "./postgres-migrations.js";
import type { PostgresPool } from "./postgres-pool.js";
import { Spill, type SpillLedger } from "./spill.js";
import { SqlLedger } from "./sql-ledger.js";
import { storedTags, storedValue } from "./stored-values.js";

export interface PostgresLedgerOptions extends OutageOptions {
  /** A `Pool` of `pg`. It stays the application's: the ledger does not end it. */
  pool: PostgresPool;
  /** Name of the table, `schema.name` where it is in a schema of its own; letters, digits and `_`. Default `llmux_calls`. */
  table?: string | undefined;
  /** Milliseconds after which a write that got no answer counts as failed; it is then made again, and never doubled. Default 5,000. */
  timeout?: number | undefined;
  /**
   * Where rows go while the database is away: a ledger of `@llmux/ledger/sqlite`, whose file survives the end of the process. Several processes may share one.
   * Default: rows are kept in memory.
   */
  spill?: SpillLedger | undefined;
}

/**
 * A ledger in PostgreSQL. Its tables are made, or brought to the newest version, with the first call: until then, and whenever the database is away, rows are
 * kept and written later.
 *
 * @throws LLMError `invalid-request` for options that make no sense
 */
export function postgresLedger(options: PostgresLedgerOptions): Ledger {
  const { pool, table = "llmux_calls", timeout = 5000, spill } = options;
  if (typeof pool?.query !== "function" || typeof pool.connect !== "function")
    throw invalidOption("pool", "must be a Pool of pg", pool);
  // The longest name is 63 bytes, and the table of versions has a longer one.
  if (!/^([a-z_][a-z0-9_]{0,50}\.)?[a-z_][a-z0-9_]{0,50}$/.test(table))
    throw invalidOption(
      "table",
      "must be a name in lower case of at most 51 letters, digits and _, or schema.name",
      table,
    );
  if (!(timeout > 0 && timeout < 2 ** 31)) throw invalidOption("timeout", "must be more than 0 ms", timeout);

  let migrated: Promise<void> | undefined;
  const ready = (): Promise<void> => {
    migrated ??= migratePostgres(pool, table, postgresMigrations(table)).catch((error: unknown) => {
      migrated = undefined;
      throw error;
    });
    return migrated;
  };
  const insert = async (rows: readonly CallRow[]): Promise<void> => {
    await ready();
    await pool.query({ text: insertInto(table), values: [JSON.stringify(rows.map(recordOf))] });
  };
  const write = (rows: readonly CallRow[]): Promise<void> =>
    deadline(insert(rows), timeout, `PostgreSQL gave no answer in time (${timeout} ms)`);
  const file = spill && new Spill(write, spill, options);
  const writer = file
    ? new GroupWriter(file.write, queueMicrotask, { maxWaiting: options.maxWaiting })
    : new GroupWriter(write, queueMicrotask, options);

  return new SqlLedger({
    dialect: postgresDialect(table),
    run: async (text, values) => {
      await ready();
      return (await pool.query({ text, values: [...values] })).rows;
    },
    get waiting() {
      return writer.waiting;
    },
    record: (row) => writer.add(row),
    async close() {
      await writer.close();
      await file?.close();
    },
  });
}

const TYPES: Readonly<Record<ColumnKind, string>> = {
  text: "text",
  integer: "bigint",
  real: "double precision",
  boolean: "boolean",
  time: "timestamptz",
  tags: "jsonb",
};

const NAMES = COLUMNS.map(({ name }) => name).join(", ");
const TYPED = COLUMNS.map(({ name, kind }) => `${name} ${TYPES[kind]}`).join(", ");

/** One statement for any number of rows, which are one value. */
function insertInto(table: string): string {
  return `INSERT INTO ${table} (${NAMES}) SELECT ${NAMES} FROM json_to_recordset($1::json) AS given(${TYPED}) ON CONFLICT DO NOTHING`;
}

function recordOf(row: CallRow): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const { field, name, kind } of COLUMNS) {
    const value = row[field];
    if (kind === "tags") record[name] = storedTags(value);
    else if (kind === "time") record[name] = (value as Date).toISOString();
    else record[name] = storedValue(value, kind);
  }
  return record;
}
