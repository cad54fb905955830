import { randomBytes } from "node:crypto";
import { describeWith, SERVICES } from "@llmux/test-support";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { BudgetStore } from "./budget-store.js";
import { postgresStore } from "./postgres.js";
import { redisStore } from "./redis.js";
import { Caller } from "./testing/caller.js";

const unique = randomBytes(6).toString("hex");
const [ALL, HALF] = ['["all","tokens","total","","",null]', '["half","tokens","total","key","","k"]'];
const LEASE = 4000;
/** Of a call, by its estimate; one of each process hangs. */
const [CALL, LIMIT] = [50, 15_000];

/** Two processes draw on one budget at once, and one is killed in the midst of it. */
function killOne(where: string, store: BudgetStore, ...args: readonly string[]): void {
  const title = `is not overrun, has all that was seen, and nothing that the dead one held: ${where}`;
  it.concurrent(title, { timeout: 60_000 }, async () => {
    const [victim, witness] = [new Caller(...args, `${LEASE}`), new Caller(...args, `${LEASE}`)];
    let isWatching = true;
    const watching = (async () => {
      let looks = 0;
      for (; isWatching; looks++)
        for (const { spent, reserved } of await store.read([ALL, HALF]))
          expect(spent + reserved).toBeLessThanOrEqual(LIMIT);
      return looks;
    })();
    try {
      await Promise.all([victim, witness].map((each) => each.until(({ answers }) => answers > 20)));
      await victim.kill();
      await witness.until(({ isDone }) => isDone);
      expect(new Set(witness.refusedBy)).toEqual(new Set(["half"]));
      isWatching = false;
      expect(await watching).toBeGreaterThan(5);
      // When the leases of the dead one are over, only the call that hangs in the other is held, whose own is renewed.
      const settled = { reserved: CALL, spent: expect.any(Number) };
      await vi.waitFor(async () => expect(await store.read([ALL, HALF])).toEqual([settled, settled]), 20_000);
      const { spent } = (await store.read([HALF]))[0]!;
      // Those whose answers nobody has seen may be charged: eight were under way when it was killed.
      const seen = victim.used + witness.used;
      expect(spent).toBeGreaterThanOrEqual(seen);
      expect(spent).toBeLessThanOrEqual(seen + 8 * CALL);
      // All that is left can be had again.
      const wanted = { purse: HALF, amount: LIMIT - spent - CALL, limit: LIMIT };
      expect(await store.reserve("rest", [{ ...wanted, amount: wanted.amount + 1 }], 1000)).toMatchObject({
        refused: HALF,
      });
      expect(await store.reserve("rest", [wanted], 1000)).toBeUndefined();
    } finally {
      isWatching = false;
      await Promise.all([victim, witness].map((each) => each.kill()));
    }
  });
}

await describeWith(["redis", "postgres"], "a budget that two processes share", () => {
  const client = new Redis(SERVICES.redis);
  const prefix = `{kill:${unique}}:`;
  const schema = `budget_kill_${unique}`;
  const pool = new Pool({ connectionString: SERVICES.postgres, max: 2 });
  const table = `${schema}.budget`;
  beforeAll(async () => void (await pool.query(`CREATE SCHEMA ${schema}`)));
  afterAll(async () => {
    await client.del(...[ALL, HALF].flatMap((purse) => [`${prefix}purse:${purse}`, `${prefix}ids:${purse}`]));
    client.disconnect();
    await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    await pool.end();
  });
  killOne("in Redis", redisStore({ client, prefix }), "redis", SERVICES.redis, prefix);
  killOne("in PostgreSQL", postgresStore({ pool, table }), "postgres", SERVICES.postgres, table);
});
