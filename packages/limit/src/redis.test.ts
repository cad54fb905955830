import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { isLLMError } from "@llmux/core";
import { describeWith, SERVICES, SeverableProxy } from "@llmux/test-support";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Limit } from "./limit.js";
import { type RedisLimiterOptions, redisLimiter, type SharedLimiter } from "./redis.js";
import { alternating } from "./testing/alternating.js";
import { mostInAnyWindow } from "./testing/brute-force.js";
import { limiterSuite } from "./testing/limiter-suite.js";
import { ask, SlowBackend } from "./testing/slow-backend.js";
import { withLimit } from "./with-limit.js";

it.each<[string, object]>([
  ["client", { client: { eval: async () => [] } }],
  ["prefix", { prefix: 5 }],
  ["timeout", { timeout: 0 }],
  ["whenAway", { whenAway: "fail" }],
  ["lease", { lease: 99 }],
  ["onAway", { onAway: true }],
  ["onBack", { onBack: 5 }],
])("refuses an option that makes no sense: %s", (parameter, options) => {
  const client = { eval: async () => [], evalsha: async () => [] };
  expect(() => redisLimiter({ client, ...options })).toThrow(
    expect.objectContaining({ kind: "invalid-request", parameter }),
  );
});

await describeWith(["redis"], "in Redis", () => {
  const prefix = `{test:${randomUUID()}}:`;
  const clients: Redis[] = [];
  const limiters: SharedLimiter[] = [];
  const children: ChildProcess[] = [];
  let own: string;
  let count = 0;
  const connect = (url: string = SERVICES.redis): Redis => {
    const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: 1 });
    client.on("error", () => {});
    clients.push(client);
    return client;
  };
  /** The limiter of one process; those of one test share what they count. */
  const make = (options: Partial<RedisLimiterOptions> = {}): SharedLimiter => {
    const limiter = redisLimiter({ client: connect(), prefix: own, timeout: 20_000, ...options });
    limiters.push(limiter);
    return limiter;
  };
  const start = (...args: string[]): ChildProcess => {
    const program = new URL("./testing/calling-process.mjs", import.meta.url);
    const child = fork(program, [SERVICES.redis, own, ...args], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    children.push(child);
    return child;
  };
  beforeEach(() => {
    own = `${prefix}${count++}:`;
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    for (const limiter of limiters.splice(0)) await limiter.close();
    const cleaner = connect();
    const keys = await cleaner.keys(`${prefix}*`);
    if (keys.length > 0) await cleaner.del(keys);
    for (const client of clients.splice(0)) client.disconnect();
  });

  // Between two processes, so that what Redis says counts, and not only what a process knows itself.
  limiterSuite(
    () => {
      own = `${prefix}${count++}:`;
      return alternating(make(), make());
    },
    (taken) => (taken as { remote?: number }).remote!,
  );

  describe("several processes", () => {
    it("break no limit together under load, by the clock of Redis, and use what there is", async () => {
      const limits: Limit[] = [
        { requests: 30, tokens: 80, window: 300, parallel: 4 },
        { requests: 12, window: 300, per: "key" },
      ];
      const both = [0, 1].map(() => start(JSON.stringify(limits), "100", "15"));
      const found = await Promise.all(both.map(async (child) => (await once(child, "message"))[0] as Found));
      const told = found.flatMap((one) => one.told).sort((a, b) => a.at - b.at);
      expect(told).toHaveLength(200);
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
      const hasty = withLimit(slow.backend, { limits, limiter: make(), whenFull: "fail" });
      await expect(hasty.generate(ask("Hi"))).rejects.toMatchObject({ kind: "rate-limit", retryAfter: 1000 });
      child.kill("SIGKILL");
      await once(child, "exit");
      await expect(hasty.generate(ask("Hi"))).rejects.toMatchObject({ kind: "rate-limit" });
      const patient = withLimit(slow.backend, { limits, limiter: make() });
      await patient.generate(ask("Hi"));
      expect(slow.begun).toHaveLength(1);
    });

    it("keeps what it holds for longer than a lease", async () => {
      const slow = new SlowBackend();
      const [one, other] = [make({ lease: 1000 }), make({ lease: 1000 })].map((limiter) =>
        withLimit(slow.backend, { limits: [{ parallel: 1 }], limiter }),
      );
      const held = one!.generate(ask("a", { seed: 2200 }));
      await vi.waitFor(() => expect(slow.underWay).toBe(1), 10_000);
      await Promise.all([held, other!.generate(ask("b"))]);
      expect(slow.most).toBe(1);
      expect(slow.begun.map(({ text }) => text)).toEqual(["a", "b"]);
    });

    it("lets a big call of another go first when its turn has come, and no longer than it waits", async () => {
      const limits = [{ tokens: 100, window: 300 }];
      const options = { limits, estimate: ({ request }: any) => Number(request.messages[0].content) };
      const slow = new SlowBackend();
      const small = withLimit(slow.backend, { ...options, limiter: make(), whenFull: "fail" });
      const big = withLimit(slow.backend, { ...options, limiter: make() });
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

    it("has no turn any more when the one that waited has given up", async () => {
      const limits = [{ parallel: 1 }];
      const slow = new SlowBackend();
      const [one, other] = [make(), make()].map((limiter) => withLimit(slow.backend, { limits, limiter }));
      const turns = () => clients[0]!.keys(`${own}turn:*`);
      const [holding, waiting] = [new AbortController(), new AbortController()];
      const held = one!.generate(ask("a", { seed: 60_000, signal: holding.signal }));
      await vi.waitFor(() => expect(slow.underWay).toBe(1), 10_000);
      const waits = other!.generate(ask("b", { signal: waiting.signal }));
      waits.catch(() => {});
      await vi.waitFor(async () => expect(await turns()).toHaveLength(1), 10_000);
      waiting.abort();
      await expect(waits).rejects.toMatchObject({ kind: "aborted" });
      await vi.waitFor(async () => expect(await turns()).toEqual([]), 10_000);
      holding.abort();
      await held;
    });

    it("is woken by the end of its own calls, and leaves nothing in Redis when all are over", async () => {
      const slow = new SlowBackend();
      const limiter = make();
      const llm = withLimit(slow.backend, {
        limits: [{ parallel: 2, requests: 1000, window: 100, tokens: 5000 }],
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
        const [, tokens, parallel] = await llm.limitStatus();
        expect([tokens!.used, parallel!.used]).toEqual([slow.begun.length, 0]);
      }, 10_000);
      const keys = await clients[0]!.keys(`${own}*`);
      for (const key of keys) expect(await clients[0]!.pttl(key)).toBeGreaterThan(-1);
      expect(keys.length).toBeLessThanOrEqual(2);
    });
  });

  describe("that goes away", () => {
    const limits: Limit[] = [{ requests: 4, parallel: 3 }];

    it("is stood in for by each process' own count, and is told of that when it is back", async () => {
      await using proxy = await SeverableProxy.to(SERVICES.redis);
      const notices: string[] = [];
      const limiter = make({
        client: connect(proxy.url),
        onAway: () => notices.push("away"),
        onBack: () => notices.push("back"),
      });
      const slow = new SlowBackend();
      const here = withLimit(slow.backend, { limits, limiter, whenFull: "fail" });
      const there = withLimit(slow.backend, { limits, limiter: make(), whenFull: "fail" });
      await there.generate(ask("1"));
      await here.generate(ask("2"));
      await vi.waitFor(async () => expect((await there.limitStatus()).map(({ used }) => used)).toEqual([2, 0]), 20_000);
      await proxy.sever();
      const controller = new AbortController();
      const held = here.generate(ask("3", { seed: 60_000, signal: controller.signal }));
      await vi.waitFor(() => expect(slow.underWay).toBe(1), 5000);
      await here.generate(ask("4"));
      expect(notices).toEqual(["away"]);
      // What it let through before counts, what others do is not known.
      await here.generate(ask("5"));
      await expect(here.generate(ask("6"))).rejects.toMatchObject({ kind: "rate-limit" });
      expect((await here.limitStatus()).map(({ used }) => used)).toEqual([4, 1]);
      expect((await there.limitStatus()).map(({ used }) => used)).toEqual([2, 0]);
      await proxy.mend();
      await vi.waitFor(() => expect(notices).toEqual(["away", "back"]), 20_000);
      await vi.waitFor(async () => expect((await there.limitStatus()).map(({ used }) => used)).toEqual([5, 1]), 20_000);
      await expect(there.generate(ask("7"))).rejects.toMatchObject({ kind: "rate-limit" });
      controller.abort();
      await held;
      await vi.waitFor(async () => expect((await there.limitStatus()).map(({ used }) => used)).toEqual([5, 0]), 20_000);
    });

    it("lets through nothing while it is away where that is wanted, and no error says where it is", async () => {
      await using proxy = await SeverableProxy.to(SERVICES.redis);
      const url = proxy.url.replace("redis://", "redis://:secret-password@");
      const llm = withLimit(new SlowBackend().backend, {
        limits,
        limiter: make({ client: connect(proxy.url), whenAway: "closed" }),
      });
      await llm.generate(ask("1"));
      await proxy.sever();
      for (let call = 0; call < 3; call++) {
        const error = await llm.generate(ask("2")).then(
          () => expect.fail("it was made"),
          (thrown) => thrown,
        );
        expect(error).toMatchObject({ kind: "server", code: "llmux.limit", retryable: true });
        expect(error.cause).toBeUndefined();
        expect(JSON.stringify(error) + error.stack).not.toContain(new URL(url).port);
      }
      await proxy.mend();
      await vi.waitFor(() => llm.generate(ask("3")), { timeout: 20_000, interval: 100 });
    });

    it("and does not answer is waited for once, and no longer than the time that is set", async () => {
      const silent = createServer(() => {}).listen(0, "127.0.0.1");
      await once(silent, "listening");
      const url = `redis://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      const away = vi.fn();
      const limiter = make({ client: connect(url), timeout: 200, onAway: away });
      const llm = withLimit(new SlowBackend().backend, { limits, limiter, whenFull: "fail" });
      await Promise.all([llm.generate(ask("1")), llm.generate(ask("2"))]);
      expect(away).toHaveBeenCalledTimes(1);
      // From now on it is not asked: what it is asked for is counted by the client.
      const asked = vi.spyOn(clients[0]!, "evalsha");
      await llm.generate(ask("3"));
      await llm.generate(ask("4"));
      await expect(llm.generate(ask("5"))).rejects.toMatchObject({ kind: "rate-limit" });
      expect(asked).not.toHaveBeenCalled();
      for (const client of clients) client.disconnect();
      silent.close();
    });

    it("and forgets its scripts is told them again", async () => {
      const client = connect();
      const unknown = vi.fn(() => Promise.reject(new Error("NOSCRIPT No matching script")));
      const limiter = make({ client: { eval: client.eval.bind(client), evalsha: unknown } });
      const llm = withLimit(new SlowBackend().backend, { limits, limiter });
      await llm.generate(ask("1"));
      await llm.generate(ask("2"));
      expect(unknown).toHaveBeenCalled();
      expect((await llm.limitStatus())[0]!.used).toBe(2);
    });
  });
});

/** What a process that makes calls tells of them. */
interface Found {
  told: { at: number; claims: [kind: string, amount: number][] }[];
  /** When calls began and ended. */
  spans: [begin: number, end: number][];
}
