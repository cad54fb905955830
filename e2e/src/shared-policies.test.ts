import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { LLMock } from "@copilotkit/aimock";
import { postgresLedger } from "@llmux/ledger/postgres";
import { describeWith, SERVICES, SeverableProxy } from "@llmux/test-support";
import { Redis } from "ioredis";
import pg from "pg";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { SpendingJob, Told } from "./spending-process.ts";

const USAGE = { prompt_tokens: 100, completion_tokens: 50 };
/** US dollars, at $2.50 and $10 a million tokens of gpt-4o. */
const COST = 0.00075;
const CALLS = 200;
const IN_FLIGHT = 8;
const LIMIT = { requests: 30, window: 300 };

/** A process that spends, and what it has told. */
class Spender {
  readonly child: ChildProcess;
  readonly told: Told[] = [];
  /** Its exit code. */
  readonly ended: Promise<number | null>;

  constructor(job: SpendingJob) {
    const program = new URL("./spending-process.ts", import.meta.url);
    this.child = fork(program, [JSON.stringify(job)], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.child.on("message", (told: Told) => this.told.push(told));
    this.ended = once(this.child, "exit").then(([code]) => code as number | null);
  }

  all<T extends Told["type"]>(type: T): Extract<Told, { type: T }>[] {
    return this.told.filter((told): told is Extract<Told, { type: T }> => told.type === type);
  }
}

await describeWith(["redis", "postgres"], "two processes that share Redis and PostgreSQL, under load", () => {
  let provider: LLMock;
  let prefix: string;
  let table: string;
  let pool: pg.Pool;
  let spenders: Spender[];

  beforeEach(async () => {
    const run = `${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
    prefix = `{llmux:e2e:${run}}:`;
    table = `llmux_e2e_${run}`;
    pool = new pg.Pool({ connectionString: SERVICES.postgres });
    provider = new LLMock({ host: "127.0.0.1", port: 0 });
    provider.on({ predicate: () => true }, { content: "Because.", usage: USAGE }, { chaos: { latencyMs: 20 } });
    await provider.start();
    spenders = [];
  });

  afterEach(async () => {
    for (const { child } of spenders) child.kill("SIGKILL");
    await provider.stop();
    const client = new Redis(SERVICES.redis);
    const keys = await client.keys(`${prefix}*`);
    if (keys.length > 0) await client.del(keys);
    client.disconnect();
    await pool.query(`DROP TABLE IF EXISTS ${table}, ${table}_version`);
    await pool.end();
  });

  function start(redis: string): Spender[] {
    spenders = ["a", "b"].map((name) => {
      const where = { name, redis, postgres: SERVICES.postgres, prefix, table, baseURL: `${provider.url}/v1` };
      return new Spender({ ...where, ...LIMIT, inFlight: IN_FLIGHT, usd: CALLS * COST });
    });
    return spenders;
  }

  /** Resolves when the provider has been asked so often. */
  const asked = (count: number) =>
    vi.waitFor(() => expect(provider.getRequests().length).toBeGreaterThanOrEqual(count), { timeout: 60_000 });

  async function rows(): Promise<{ session: string; cost: number }[]> {
    const ledger = postgresLedger({ pool, table });
    const { rows: found, next } = await ledger.rows({ where: { outcome: "ok" }, limit: 10_000 });
    await ledger.close();
    expect(next).toBeUndefined();
    return found.map(({ session, cost }) => ({ session: session ?? "", cost: cost ?? Number.NaN }));
  }

  function expectNoLimitBroken(): void {
    const times = spenders.flatMap((spender) => spender.all("admitted").map(({ at }) => at)).sort((a, b) => a - b);
    expect(times.length).toBeGreaterThan(CALLS / 2);
    const most = times.map((from) => times.filter((at) => at >= from && at < from + LIMIT.window).length);
    expect(Math.max(...most)).toBeLessThanOrEqual(LIMIT.requests);
  }

  it("spend no more than there is, break no limit and lose no row when one of them is killed", async () => {
    const [killed, survivor] = start(SERVICES.redis) as [Spender, Spender];
    await asked(CALLS / 3);
    killed.child.kill("SIGKILL");
    await killed.ended;
    expect(await survivor.ended).toBe(0);

    const requests = provider.getRequests().length;
    const spent = survivor.all("done").at(-1)?.spent ?? Number.NaN;
    // What the killed one had under way is charged to nobody.
    expect(spent).toBeLessThanOrEqual(CALLS * COST + 1e-9);
    expect(spent).toBeGreaterThan((CALLS - 1.5) * COST);
    expect(requests * COST).toBeLessThanOrEqual(CALLS * COST + IN_FLIGHT * COST + 1e-9);
    expectNoLimitBroken();

    const found = await rows();
    const sessions = found.map(({ session }) => session);
    expect(new Set(sessions).size).toBe(sessions.length);
    for (const { cost } of found) expect(cost).toBeCloseTo(COST, 9);
    const answered = (spender: Spender) => spender.all("answered").map(({ session }) => session);
    expect(answered(killed).length).toBeGreaterThan(0);
    expect(answered(killed).filter((session) => !sessions.includes(session))).toEqual([]);
    expect(sessions.filter((session) => session.startsWith("b-")).sort()).toEqual(answered(survivor).sort());
    // Settled, and killed before the row.
    const settled = Math.round(spent / COST);
    expect(sessions.length).toBeLessThanOrEqual(settled);
    expect(sessions.length).toBeGreaterThanOrEqual(settled - IN_FLIGHT);
  });

  it("stop spending while Redis is away, go on when it is back, and have charged all of it", async () => {
    await using proxy = await SeverableProxy.to(SERVICES.redis);
    const both = start(proxy.url);
    await asked(CALLS / 3);
    await proxy.sever();
    const before = provider.getRequests().length;
    await vi.waitFor(
      () => {
        for (const spender of both) expect(spender.all("away").length).toBeGreaterThan(IN_FLIGHT * 4);
      },
      { timeout: 60_000 },
    );
    // Those that had their reservation already.
    expect(provider.getRequests().length - before).toBeLessThanOrEqual(2 * IN_FLIGHT);
    await proxy.mend();
    expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0]);

    const found = await rows();
    expect(found.length).toBe(provider.getRequests().length);
    expect(new Set(found.map(({ session }) => session)).size).toBe(found.length);
    expect(found.length).toBeLessThanOrEqual(CALLS);
    expect(found.length).toBeGreaterThanOrEqual(CALLS - 1);
    for (const spender of both)
      for (const { spent } of spender.all("done")) expect(spent).toBeCloseTo(found.length * COST, 9);
    expectNoLimitBroken();
  });
});
