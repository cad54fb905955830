import { randomBytes } from "node:crypto";
import { describeWith, SERVICES } from "@llmux/test-support";
import { Pool } from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { postgresStore } from "./postgres.js";
import { storeSuite } from "./testing/store-suite.js";

it("refuses options that make no sense", () => {
  const pool = { query: async () => ({ rows: [] }), connect: async () => ({}) as never };
  expect(() => postgresStore({ pool: {} as never })).toThrow(expect.objectContaining({ parameter: "pool" }));
  for (const table of ["Budget", "a.b.c", "x; --", "", "a".repeat(42), 1 as never])
    expect(() => postgresStore({ pool, table })).toThrow(expect.objectContaining({ parameter: "table" }));
});

await describeWith(["postgres"], "in PostgreSQL", () => {
  const schema = `budget_${randomBytes(6).toString("hex")}`;
  const pool = new Pool({ connectionString: SERVICES.postgres, max: 8 });
  beforeAll(async () => void (await pool.query(`CREATE SCHEMA ${schema}`)));
  afterAll(async () => {
    await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    await pool.end();
  });
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const table = `${schema}.suite`;

  storeSuite(
    async () => {
      const store = postgresStore({ pool, table });
      await store.read([]);
      await pool.query(`TRUNCATE ${table}_purses, ${table}_held`);
      return { store, pass: sleep };
    },
    { runs: 25 },
  );

  it("makes its tables once, however many begin at the same time", async () => {
    const stores = Array.from({ length: 6 }, () => postgresStore({ pool, table: `${schema}.fresh` }));
    await Promise.all(stores.map((store, at) => store.charge(`${at}`, [{ purse: "a", amount: 1 }])));
    expect(await stores[0]!.read(["a"])).toEqual([{ spent: 6, reserved: 0 }]);
  });

  it("refuses tables that are newer", async () => {
    await pool.query(`CREATE TABLE ${schema}.newer_version (version integer NOT NULL)`);
    await pool.query(`INSERT INTO ${schema}.newer_version VALUES (99)`);
    await expect(postgresStore({ pool, table: `${schema}.newer` }).read(["a"])).rejects.toMatchObject({
      kind: "invalid-request",
      message: expect.stringContaining("version 99"),
    });
  });

  it("keeps the limit where the application has set a stricter isolation", async () => {
    const options = "-c default_transaction_isolation=serializable";
    const strict = new Pool({ connectionString: SERVICES.postgres, max: 6, options });
    const store = postgresStore({ pool: strict, table: `${schema}.strict` });
    const other = postgresStore({ pool, table: `${schema}.strict` });
    const calls = Array.from({ length: 40 }, async (_, at) => {
      const wanted = ["a", "b"].map((purse) => ({ purse, amount: 10, limit: 155 }));
      if (await store.reserve(`${at}`, wanted, 60_000)) return 0;
      await store.settle(`${at}`, wanted);
      return 1;
    });
    const through = await Promise.all(calls).finally(() => strict.end());
    expect(through.reduce((sum: number, each) => sum + each, 0)).toBe(15);
    expect(await other.read(["a", "b"])).toEqual([
      { spent: 150, reserved: 0 },
      { spent: 150, reserved: 0 },
    ]);
  });

  it("deletes what may be forgotten, and nothing else", async () => {
    const name = `${schema}.pruned`;
    const store = postgresStore({ pool, table: name });
    await store.charge("1", [{ purse: "past", amount: 1, until: Date.now() - 1 }]);
    await store.charge("2", [{ purse: "present", amount: 1, until: Date.now() + 3_600_000 }]);
    await store.charge("3", [{ purse: "total", amount: 1 }]);
    await pool.query(`UPDATE ${name}_held SET lease_end = now() - interval '8 days' WHERE purse <> 'total'`);
    await store.reserve("4", [{ purse: "total", limit: 10, amount: 1 }], 60_000);
    const purses = async (what: string) => (await pool.query(`SELECT purse FROM ${name}_${what} ORDER BY 1`)).rows;
    await vi.waitFor(async () => {
      expect(await purses("purses")).toEqual([{ purse: "present" }, { purse: "total" }]);
      expect(await purses("held")).toEqual([{ purse: "total" }, { purse: "total" }]);
    }, 10_000);
  });
});
