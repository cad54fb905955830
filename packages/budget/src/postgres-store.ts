import { invalidOption } from "@llmux/core";
import type { BudgetStore, HeldPurses, PurseAmount, PurseState, Refusal, Reservation } from "./budget-store.js";
import { migratePostgres } from "./migrate-postgres.js";
import { postgresMigrations } from "./postgres-migrations.js";
import type { PostgresPool } from "./postgres-pool.js";

export interface PostgresStoreOptions {
  /** A `Pool` of `pg`. It stays the application's: the store does not end it. */
  pool: PostgresPool;
  /**
   * What the names of its tables and functions begin with, `schema.name` where they are in a schema of their own; letters, digits and `_`. Default
   * `llmux_budget`.
   */
  table?: string | undefined;
}

const MOST_TRIES = 100;
/** Milliseconds between two looks for what may be forgotten. */
const PRUNE_EVERY = 600_000;

/**
 * A store in PostgreSQL 13 or later. Its tables and functions are made, or brought to the newest version, with the first call; many processes may begin
 * at once. Each operation is one round trip. What may be forgotten is deleted now and then.
 *
 * @throws LLMError `invalid-request` for options that make no sense
 */
export function postgresStore(options: PostgresStoreOptions): BudgetStore {
  const { pool, table = "llmux_budget" } = options;
  if (typeof pool?.query !== "function" || typeof pool.connect !== "function")
    throw invalidOption("pool", "must be a Pool of pg", pool);
  // The longest name is 63 bytes, and what is made has longer ones.
  if (typeof table !== "string" || !/^([a-z_][a-z0-9_]{0,40}\.)?[a-z_][a-z0-9_]{0,40}$/.test(table))
    throw invalidOption(
      "table",
      "must be a name in lower case of at most 41 letters, digits and _, or schema.name",
      table,
    );
  return new PostgresStore(pool, table);
}

class PostgresStore implements BudgetStore {
  #migrated: Promise<void> | undefined;
  #pruned = 0;

  constructor(
    private readonly pool: PostgresPool,
    private readonly table: string,
  ) {}

  async reserve(id: string, wanted: readonly Reservation[], lease: number): Promise<Refusal | undefined> {
    const values = [id, lease, ...columns(wanted), wanted.map(({ limit }) => limit), untils(wanted)];
    const answer = await this.#call(
      "reserve",
      values,
      "($1, $2, $3::text[], $4::bigint[], $5::bigint[], $6::float8[])",
    );
    this.#prune();
    return (answer as Refusal | null) ?? undefined;
  }

  async settle(id: string, used: readonly PurseAmount[]): Promise<readonly PurseState[]> {
    const answer = await this.#call("settle", [id, ...columns(used)], "($1, $2::text[], $3::bigint[])");
    return statesOf(answer as [number, number][]);
  }

  async charge(id: string, used: readonly PurseAmount[]): Promise<void> {
    const values = [id, ...columns(used), untils(used)];
    await this.#call("charge", values, "($1, $2::text[], $3::bigint[], $4::float8[])");
  }

  async renew(held: readonly HeldPurses[], lease: number): Promise<void> {
    await this.#call("renew", [held.map(({ id }) => id), lease], "($1::text[], $2)");
  }

  async read(purses: readonly string[]): Promise<readonly PurseState[]> {
    return statesOf((await this.#call("states", [[...purses]], "($1::text[])")) as [number, number][]);
  }

  async #call(name: string, values: unknown[], parameters: string): Promise<unknown> {
    await this.#ready();
    // As text, whatever the driver was told to make of JSON.
    const text = `SELECT ${this.table}_${name}${parameters}::text AS answer`;
    for (let tries = 1; ; tries++) {
      try {
        const { rows } = await this.pool.query({ text, values });
        return JSON.parse((rows[0]?.answer as string | null | undefined) || "null");
      } catch (error) {
        // Where the application has set a stricter isolation than PostgreSQL's own, those that come second must begin anew.
        if ((error as { code?: unknown } | null)?.code !== "40001" || tries >= MOST_TRIES) throw error;
      }
    }
  }

  #ready(): Promise<void> {
    this.#migrated ??= migratePostgres(this.pool, this.table, postgresMigrations(this.table)).catch(
      (error: unknown) => {
        this.#migrated = undefined;
        throw error;
      },
    );
    return this.#migrated;
  }

  #prune(): void {
    if (Date.now() - this.#pruned < PRUNE_EVERY) return;
    this.#pruned = Date.now();
    // Nobody waits for it, and what fails comes again.
    this.#call("prune", [], "()").catch(() => undefined);
  }
}

function columns(all: readonly PurseAmount[]): [purses: string[], amounts: number[]] {
  return [all.map(({ purse }) => purse), all.map(({ amount }) => amount)];
}

function untils(all: readonly PurseAmount[]): (number | null)[] {
  return all.map(({ until }) => until ?? null);
}

function statesOf(answer: readonly (readonly [spent: number, reserved: number])[]): PurseState[] {
  return answer.map(([spent, reserved]) => ({ spent, reserved }));
}
