import { randomBytes } from "node:crypto";
import { describeWith, SERVICES, SeverableProxy } from "@llmux/test-support";
import { mockBackend } from "@llmux/testkit";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { BudgetStore } from "./budget-store.js";
import { postgresStore } from "./postgres.js";
import { redisStore } from "./redis.js";
import { ask, usageOf } from "./testing/calls.js";
import { withBudget } from "./with-budget.js";

const unique = randomBytes(6).toString("hex");
const PATIENCE = { timeout: 20_000 };

/** A store that goes away and comes back; `open` connects to it at an address. */
function outage(
  where: string,
  address: string,
  open: (url: string, place: string) => AsyncDisposable & { store: BudgetStore },
): void {
  async function setUp(onStoreFailure: "open" | "closed") {
    const proxy = await SeverableProxy.to(address);
    const place = `${onStoreFailure}_${unique}`;
    const [through, direct] = [open(proxy.url, place), open(address, place)];
    let answer: (() => void) | undefined;
    const backend = mockBackend(async ({ user }) => {
      if (user === "waits") await new Promise<void>((resolve) => (answer = resolve));
      return { text: "Hi", usage: usageOf(100, 50) };
    });
    const options = { budgets: [{ limit: { tokens: 10_000 }, period: "total" as const }], onStoreFailure };
    const onBack = vi.fn();
    const llm = withBudget(backend, { ...options, store: through.store, storeTimeout: 2000, onBack });
    const other = withBudget(backend, { ...options, store: direct.store });
    // Its tables are made, its scripts known.
    await llm.generate(ask());
    return {
      ...{ proxy, llm, backend, onBack },
      status: async () => (await other.status())[0]!,
      /** A call that is under way until it is told to end. */
      async begin() {
        const call = llm.generate(ask({ user: "waits" }, { user: "waits" }));
        await vi.waitFor(() => expect(answer).toBeDefined(), PATIENCE);
        return async () => {
          answer!();
          return call;
        };
      },
      async [Symbol.asyncDispose]() {
        await proxy.sever();
        await through[Symbol.asyncDispose]();
        await direct[Symbol.asyncDispose]();
      },
    };
  }

  it.concurrent(`${where}, closed: refuses calls while it is away, and charges what was under way when it is back`, async () => {
    await using test = await setUp("closed");
    const end = await test.begin();
    await test.proxy.sever();
    await expect(test.llm.generate(ask())).rejects.toMatchObject({ kind: "server", retryable: true });
    expect((await end()).text).toBe("Hi");
    await expect(test.llm.generate(ask())).rejects.toMatchObject({ kind: "server" });
    expect(test.backend.requests).toHaveLength(2);
    await test.proxy.mend();
    await vi.waitFor(() => expect(test.onBack).toHaveBeenCalled(), PATIENCE);
    expect(await test.status()).toMatchObject({ spent: 300, reserved: 0 });
    await test.llm.generate(ask());
    expect(await test.status()).toMatchObject({ spent: 450, reserved: 0 });
  });

  it.concurrent(`${where}, open: goes on while it is away, and charges all when it is back, once`, async () => {
    await using test = await setUp("open");
    const end = await test.begin();
    await test.proxy.sever();
    await Promise.all(Array.from({ length: 5 }, () => test.llm.generate(ask())));
    await end();
    expect(await test.status()).toMatchObject({ spent: 150, reserved: 300 });
    await test.proxy.mend();
    await vi.waitFor(() => expect(test.onBack).toHaveBeenCalled(), PATIENCE);
    expect(await test.status()).toMatchObject({ spent: 150 * 7, reserved: 0 });
    await test.llm.close();
    expect(await test.status()).toMatchObject({ spent: 150 * 7, reserved: 0 });
  });
}

await describeWith(["redis", "postgres"], "a store that goes away and comes back", () => {
  const schema = `budget_outage_${unique}`;
  const [redis, pool] = [new Redis(SERVICES.redis), new Pool({ connectionString: SERVICES.postgres, max: 1 })];
  beforeAll(async () => void (await pool.query(`CREATE SCHEMA ${schema}`)));
  afterAll(async () => {
    await redis.del(...(await redis.keys(`{${unique}}*`)));
    redis.disconnect();
    await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    await pool.end();
  });
  outage("Redis", SERVICES.redis, (url, place) => {
    const client = new Redis(url, { retryStrategy: () => 20 });
    client.on("error", () => {});
    const store = redisStore({ client, prefix: `{${unique}}${place}:` });
    return { store, [Symbol.asyncDispose]: async () => client.disconnect() };
  });
  outage("PostgreSQL", SERVICES.postgres, (url, place) => {
    const own = new Pool({ connectionString: url, max: 4 });
    own.on("error", () => {});
    const store = postgresStore({ pool: own, table: `${schema}.${place}` });
    return { store, [Symbol.asyncDispose]: () => own.end() };
  });
});
