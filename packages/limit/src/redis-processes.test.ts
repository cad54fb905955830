import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { isLLMError } from "@llmux/core";
import { describeWith, SERVICES } from "@llmux/test-support";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Limit } from "./limit.js";
import { mostInAnyWindow } from "./testing/brute-force.js";
import { RedisSpace } from "./testing/redis-space.js";
import { ask, SlowBackend } from "./testing/slow-backend.js";
import { withLimit } from "./with-limit.js";

/** What a process that makes calls tells of them. */
interface Found {
  told: { at: number; claims: [kind: string, amount: number][] }[];
  /** When calls began and ended. */
  spans: [begin: number, end: number][];
}

await describeWith(["redis"], "several processes", () => {
  let space: RedisSpace;
  beforeEach(() => {
    space = new RedisSpace();
  });
  const children: ChildProcess[] = [];
  const start = (...args: string[]): ChildProcess => {
    const program = new URL("./testing/calling-process.mjs", import.meta.url);
    const child = fork(program, [SERVICES.redis, space.prefix, ...args], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    children.push(child);
    return child;
  };
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await space[Symbol.asyncDispose]();
  });

  it("break no limit together under load, by the clock of Redis, and use what there is", async () => {
    const limits: Limit[] = [
      { requests: 30, tokens: 80, window: 300, parallel: 4 },
      { requests: 12, window: 300, per: "key" },
    ];
    const both = [0, 1].map(() => start(JSON.stringify(limits), "70", "15"));
    const found = await Promise.all(both.map(async (child) => (await once(child, "message"))[0] as Found));
    const told = found.flatMap((one) => one.told).sort((a, b) => a.at - b.at);
    expect(told).toHaveLength(140);
    const amounts = (kind: string, nth = 0) =>
      told.map(({ at, claims }) => ({ at, amount: claims.filter(([each]) => each === kind)[nth]![1] }));
    expect(mostInAnyWindow(amounts("requests"), 300)).toBeLessThanOrEqual(30);
    expect(mostInAnyWindow(amounts("tokens"), 300)).toBeLessThanOrEqual(80);
    const begins = found.flatMap((one) => one.spans);
    for (const [begin] of begins)
      expect(begins.filter(([other, end]) => other <= begin && begin < end).length).toBeLessThanOrEqual(4);
    // Both have had their share, and the tighter limit was used to nearly all that it allows.
    expect(mostInAnyWindow(amounts("tokens"), 300)).toBeGreaterThan(60);
  });

  it("that is killed gives back what it held when its lease is over, and not before", async () => {
    const limits = [{ parallel: 1 }];
    const child = start(JSON.stringify(limits));
    expect((await once(child, "message"))[0]).toBe("under way");
    const slow = new SlowBackend();
    const hasty = withLimit(slow.backend, { limits, limiter: space.limiter(), whenFull: "fail" });
    await expect(hasty.generate(ask("Hi"))).rejects.toMatchObject({ kind: "rate-limit", retryAfter: 1000 });
    child.kill("SIGKILL");
    await once(child, "exit");
    await expect(hasty.generate(ask("Hi"))).rejects.toMatchObject({ kind: "rate-limit" });
    const patient = withLimit(slow.backend, { limits, limiter: space.limiter() });
    await patient.generate(ask("Hi"));
    expect(slow.begun).toHaveLength(1);
  });

  it("renews what it holds for as long as it holds it", async () => {
    const slow = new SlowBackend();
    const llm = withLimit(slow.backend, { limits: [{ parallel: 1 }], limiter: space.limiter({ lease: 600 }) });
    const controller = new AbortController();
    const held = llm.generate(ask("a", { seed: 600_000, signal: controller.signal }));
    await vi.waitFor(() => expect(slow.underWay).toBe(1), 10_000);
    const [key] = await space.keys();
    const client = space.connect();
    const end = async () => Number((await client.zrange(key!, "0", "0", "WITHSCORES"))[1]);
    const first = await end();
    // By more than a lease in all.
    await vi.waitFor(async () => expect(await end()).toBeGreaterThan(first + 600), { timeout: 20_000, interval: 20 });
    controller.abort();
    await held;
    await vi.waitFor(async () => expect(await space.keys()).toEqual([]), 10_000);
  });

  it("lets a big call of another go first when its turn has come, and no longer than it waits", async () => {
    const limits = [{ tokens: 100, window: 300 }];
    const options = { limits, estimate: ({ request }: any) => Number(request.messages[0].content) };
    const slow = new SlowBackend();
    const small = withLimit(slow.backend, { ...options, limiter: space.limiter(), whenFull: "fail" });
    const big = withLimit(slow.backend, { ...options, limiter: space.limiter() });
    // As many small ones as there is room for, all the time.
    let going = true;
    const flood = (async () => {
      while (going) {
        await small.generate(ask("10", { context: { key: "small" } })).catch((error) => {
          if (!isLLMError(error, "rate-limit")) throw error;
        });
      }
    })();
    await vi.waitFor(() => expect(slow.begun.length).toBeGreaterThan(10), 10_000);
    await big.generate(ask("90", { context: { key: "big" } }));
    going = false;
    await flood;
  });

  it("lets the others have their turn, too, however many wait in one", async () => {
    const slow = new SlowBackend();
    const [many, few] = [space.limiter(), space.limiter()].map((limiter) =>
      withLimit(slow.backend, { limits: [{ parallel: 1 }], limiter }),
    );
    const calls = Array.from({ length: 24 }, () => many!.generate(ask("many", { seed: 30 })));
    await vi.waitFor(() => expect(slow.underWay).toBe(1), 10_000);
    await few!.generate(ask("few", { seed: 30 }));
    // Not when the other had no more.
    expect(slow.begun.length).toBeLessThan(24);
    await Promise.all(calls);
    expect(slow.most).toBe(1);
  });

  it("has no turn any more when the one that waited has given up", async () => {
    const limits = [{ parallel: 1 }];
    const slow = new SlowBackend();
    const client = space.connect();
    const [one, other] = [space.limiter(), space.limiter({ client })].map((limiter) =>
      withLimit(slow.backend, { limits, limiter }),
    );
    const turns = () => space.keys("turn:*");
    const [holding, waiting] = [new AbortController(), new AbortController()];
    const held = one!.generate(ask("a", { seed: 60_000, signal: holding.signal }));
    await vi.waitFor(() => expect(slow.underWay).toBe(1), 10_000);
    const waits = other!.generate(ask("b", { signal: waiting.signal }));
    waits.catch(() => {});
    await vi.waitFor(async () => expect(await turns()).toHaveLength(1), 10_000);
    const told = vi.spyOn(client, "evalsha");
    waiting.abort();
    await expect(waits).rejects.toMatchObject({ kind: "aborted" });
    expect(told.mock.calls.filter((args) => args.includes("leave"))).toHaveLength(1);
    await vi.waitFor(async () => expect(await turns()).toEqual([]), 10_000);
    holding.abort();
    await held;
  });

  it("is woken by the end of its own calls, and leaves nothing in Redis when all are over", async () => {
    const slow = new SlowBackend();
    const limiter = space.limiter();
    const llm = withLimit(slow.backend, {
      limits: [{ parallel: 2, requests: 1000, window: 60_000, tokens: 5000 }],
      limiter,
    });
    const controller = new AbortController();
    const calls = Array.from({ length: 40 }, (_, place) =>
      llm.generate(ask("1", { seed: 2, maxTokens: 10, ...(place % 4 === 3 && { signal: controller.signal }) })),
    );
    controller.abort();
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBeGreaterThanOrEqual(30);
    expect(slow.most).toBe(2);
    await vi.waitFor(async () => {
      const [, tokens, parallel] = await llm.status();
      expect([tokens!.used, parallel!.used]).toEqual([slow.begun.length, 0]);
    }, 10_000);
    const keys = await space.keys();
    for (const key of keys) expect(await space.connect().pttl(key)).toBeGreaterThan(-1);
    expect(keys.length).toBeLessThanOrEqual(2);
  });
});
