import { randomBytes } from "node:crypto";
import { describeWith, SERVICES, SeverableProxy } from "@llmux/test-support";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ledger } from "./ledger.js";
import { migratePostgres } from "./migrate-postgres.js";
import { type PostgresLedgerOptions, postgresLedger } from "./postgres.js";
import { postgresMigrations } from "./postgres-migrations.js";
import { openLedger } from "./sqlite.js";
import { ledgerSuite } from "./testing/ledger-suite.js";
import { allRows, row } from "./testing/rows.js";

const prefix = `ledger_${randomBytes(6).toString("hex")}`;
let tables = 0;
const table = (): string => `${prefix}_${++tables}`;
let pool: Pool;

async function dropAll(): Promise<void> {
  const { rows } = await pool.query("SELECT tablename FROM pg_tables WHERE tablename LIKE $1", [`${prefix}%`]);
  for (const { tablename } of rows) await pool.query(`DROP TABLE "${tablename}"`);
}

await describeWith(["postgres"], "with PostgreSQL", () => {
  beforeAll(() => {
    pool = new Pool({ connectionString: SERVICES.postgres, max: 4 });
  });
  afterAll(async () => {
    await dropAll();
    await pool.end();
  });

  describe("a ledger in PostgreSQL", () => ledgerSuite(async () => postgresLedger({ pool, table: table() })));

  describe("migrations", () => {
    const next = (name: string) => [
      ...postgresMigrations(name),
      `ALTER TABLE ${name} ADD COLUMN region text DEFAULT 'eu'`,
    ];

    it("are made once by many that begin at the same time", async () => {
      const name = table();
      const ledgers = Array.from({ length: 8 }, () => postgresLedger({ pool, table: name }));
      await Promise.all(ledgers.map((ledger) => ledger.record(row())));
      expect(await allRows(ledgers[0]!)).toHaveLength(8);
      const { rows } = await pool.query(`SELECT version FROM ${name}_version`);
      expect(rows).toEqual([{ version: 1 }]);
    });

    it("bring tables with rows to the newest version, which the version before can go on writing", async () => {
      const name = table();
      const ledger = postgresLedger({ pool, table: name });
      await ledger.record(row());
      await migratePostgres(pool, name, next(name));
      await migratePostgres(pool, name, next(name));
      await ledger.record(row());
      const { rows } = await pool.query(`SELECT region FROM ${name}`);
      expect(rows).toEqual([{ region: "eu" }, { region: "eu" }]);
    });

    it("leave the tables as they were where one fails", async () => {
      const name = table();
      await expect(
        migratePostgres(pool, name, [...next(name), "ALTER TABLE nowhere ADD COLUMN x text"]),
      ).rejects.toThrow("nowhere");
      await postgresLedger({ pool, table: name }).record(row());
    });

    it("are not made by a package that is older than the tables", async () => {
      const name = table();
      await migratePostgres(pool, name, next(name));
      const ledger = postgresLedger({ pool, table: name });
      await expect(ledger.spend()).rejects.toThrow(
        /ledger of version 2, and this @llmux\/ledger knows 1 at most: update it/,
      );
      await expect(ledger.record(row())).rejects.toMatchObject({ kept: true, cause: { parameter: "table" } });
    });
  });

  it("keeps a table in a schema of its own", async () => {
    const schema = table();
    await pool.query(`CREATE SCHEMA ${schema}`);
    try {
      const ledger = postgresLedger({ pool, table: `${schema}.calls` });
      await ledger.record(row());
      expect(await allRows(ledger)).toHaveLength(1);
    } finally {
      await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    }
  });

  it.each<[string, object]>([
    ["pool", { pool: undefined }],
    ["pool", { pool: {} }],
    ["table", { table: "calls; DROP TABLE x" }],
    ["table", { table: "a.b.c" }],
    ["table", { table: "x".repeat(52) }],
    ["timeout", { timeout: 0 }],
    ["maxWaiting", { maxWaiting: -1 }],
  ])("refuses a senseless %s", (parameter, options) => {
    expect(() => postgresLedger({ pool, ...options } as never)).toThrow(
      expect.objectContaining({ kind: "invalid-request", parameter }),
    );
  });

  describe("that goes away and comes back", () => {
    /** A ledger behind a proxy, whose listeners count, and what else it takes to see into it. */
    async function severable(options: Partial<PostgresLedgerOptions> = {}) {
      const proxy = await SeverableProxy.to(SERVICES.postgres);
      const severed = new Pool({ connectionString: proxy.url, max: 2, connectionTimeoutMillis: 1000 });
      severed.on("error", () => undefined);
      const name = table();
      const told: string[] = [];
      const back = Promise.withResolvers<void>();
      const ledger = postgresLedger({
        ...{ pool: severed, table: name, timeout: 2000, ...options },
        onAway: () => told.push("away"),
        onBack: () => {
          told.push("back");
          back.resolve();
        },
      });
      const direct: Ledger = postgresLedger({ pool, table: name });
      return {
        ...{ proxy, ledger, direct, told, back: back.promise },
        async [Symbol.asyncDispose]() {
          await severed.end();
          await proxy.sever();
        },
      };
    }

    it("has every row afterwards, and each once", async () => {
      await using it = await severable();
      const ids: string[] = [];
      const record = async (count: number): Promise<PromiseSettledResult<void>[]> => {
        const all = Array.from({ length: count }, () => row());
        ids.push(...all.map(({ id }) => id));
        return Promise.allSettled(all.map((each) => it.ledger.record(each)));
      };
      await record(50);
      // Under way while the connection is cut: whether they were committed nobody knows.
      const torn = record(200);
      await it.proxy.sever();
      await torn;
      const away = await record(50);
      expect(away.map(({ status }) => status)).toEqual(away.map(() => "rejected"));
      expect(away[0]).toMatchObject({ reason: { name: "LedgerWriteError", kept: true } });
      expect(it.ledger.waiting).toBeGreaterThanOrEqual(50);
      await it.proxy.mend();
      await it.back;
      expect(it.ledger.waiting).toBe(0);
      await record(10);
      expect((await allRows(it.direct)).map(({ id }) => id).sort()).toEqual(ids.sort());
      expect(it.told).toEqual(["away", "back"]);
    });

    it("may be away from the first call on", async () => {
      await using it = await severable();
      await it.proxy.sever();
      await expect(it.ledger.record(row())).rejects.toMatchObject({ kept: true });
      await it.proxy.mend();
      await it.ledger.close();
      expect(await allRows(it.direct)).toHaveLength(1);
    });

    it("keeps as many rows as there is room for, and says of each of the others that it doesn't", async () => {
      await using it = await severable({ maxWaiting: 3 });
      await it.proxy.sever();
      const recorded = await Promise.allSettled(Array.from({ length: 5 }, () => it.ledger.record(row())));
      expect(recorded.map((each) => (each as PromiseRejectedResult).reason.kept)).toEqual([
        true,
        true,
        true,
        false,
        false,
      ]);
      await expect(it.ledger.close()).rejects.toThrow("3 rows could not be written");
      await it.proxy.mend();
      expect(await allRows(it.direct)).toHaveLength(0);
    });

    it("spills into a file, from which the rows are written when it is back", async () => {
      await using file = openLedger({ path: ":memory:" });
      await using it = await severable({ spill: file });
      const all = Array.from({ length: 30 }, () => row());
      await Promise.all(all.slice(0, 10).map((each) => it.ledger.record(each)));
      await it.proxy.sever();
      await Promise.all(all.slice(10).map((each) => it.ledger.record(each)));
      expect(it.ledger.waiting).toBe(0);
      expect(await allRows(file)).toHaveLength(20);
      await it.proxy.mend();
      await it.back;
      expect(await allRows(file)).toEqual([]);
      expect((await allRows(it.direct)).map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort());
      expect(it.told).toEqual(["away", "back"]);
    });

    it("finds what a process that is no more has spilt, also where the database had it", async () => {
      await using file = openLedger({ path: ":memory:" });
      const name = table();
      const [one, two] = [row(), row()];
      await file.record(one);
      await file.record(two);
      const ledger = postgresLedger({ pool, table: name, spill: file });
      await ledger.record(two);
      await ledger.close();
      expect(await allRows(file)).toEqual([]);
      expect(await allRows(postgresLedger({ pool, table: name }))).toHaveLength(2);
    });
  });

  it("gives up on a write that gets no answer, and does not double it", async () => {
    const name = table();
    const direct = postgresLedger({ pool, table: name });
    await direct.record(row());
    const locker = await pool.connect();
    await locker.query("BEGIN");
    await locker.query(`LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`);
    const ledger = postgresLedger({ pool, table: name, timeout: 50 });
    await expect(ledger.record(row())).rejects.toMatchObject({ kept: true });
    await locker.query("COMMIT");
    locker.release();
    await ledger.close();
    expect(await allRows(direct)).toHaveLength(2);
  });
});
