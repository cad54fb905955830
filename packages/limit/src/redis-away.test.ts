import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describeWith, SERVICES, SeverableProxy } from "@llmux/test-support";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Limit } from "./limit.js";
import { mostInAnyWindow } from "./testing/brute-force.js";
import { RedisSpace } from "./testing/redis-space.js";
import { ask, SlowBackend } from "./testing/slow-backend.js";
import { withLimit } from "./with-limit.js";

await describeWith(["redis"], "Redis that goes away", () => {
  let space: RedisSpace;
  beforeEach(() => {
    space = new RedisSpace();
  });
  afterEach(() => space[Symbol.asyncDispose]());
  const limits: Limit[] = [{ requests: 4, parallel: 3 }];

  it("is stood in for by each process' own count, and is told of that when it is back", async () => {
    await using proxy = await SeverableProxy.to(SERVICES.redis);
    const notices: string[] = [];
    const limiter = space.limiter({
      client: space.connect(proxy.url),
      onAway: () => notices.push("away"),
      onBack: () => notices.push("back"),
    });
    const slow = new SlowBackend();
    const here = withLimit(slow.backend, { limits, limiter, whenFull: "fail" });
    const there = withLimit(slow.backend, { limits, limiter: space.limiter(), whenFull: "fail" });
    await there.generate(ask("1"));
    await here.generate(ask("2"));
    await vi.waitFor(async () => expect((await there.status()).map(({ used }) => used)).toEqual([2, 0]), 20_000);
    await proxy.sever();
    const controller = new AbortController();
    const held = here.generate(ask("3", { seed: 60_000, signal: controller.signal }));
    await vi.waitFor(() => expect(slow.underWay).toBe(1), 5000);
    await here.generate(ask("4"));
    expect(notices).toEqual(["away"]);
    // What it let through before counts, what others do is not known.
    await here.generate(ask("5"));
    await expect(here.generate(ask("6"))).rejects.toMatchObject({ kind: "rate-limit" });
    expect((await here.status()).map(({ used }) => used)).toEqual([4, 1]);
    expect((await there.status()).map(({ used }) => used)).toEqual([2, 0]);
    await proxy.mend();
    await vi.waitFor(() => expect(notices).toEqual(["away", "back"]), 20_000);
    await vi.waitFor(async () => expect((await there.status()).map(({ used }) => used)).toEqual([5, 1]), 20_000);
    await expect(there.generate(ask("7"))).rejects.toMatchObject({ kind: "rate-limit" });
    controller.abort();
    await held;
    await vi.waitFor(async () => expect((await there.status()).map(({ used }) => used)).toEqual([5, 0]), 20_000);
  });

  it("is not what waiting calls go on waiting for", async () => {
    await using proxy = await SeverableProxy.to(SERVICES.redis);
    const there = withLimit(new SlowBackend().backend, { limits, limiter: space.limiter() });
    for (let call = 0; call < 4; call++) await there.generate(ask("Hi"));
    const [open, closed] = (["open", "closed"] as const).map((whenAway) =>
      withLimit(new SlowBackend().backend, {
        limits,
        limiter: space.limiter({ client: space.connect(proxy.url), whenAway }),
      }),
    );
    const [waits, fails] = [open!.generate(ask("Hi")), Promise.allSettled([closed!.generate(ask("Hi"))])];
    await vi.waitFor(async () => {
      expect((await open!.status())[0]!.waiting).toBe(1);
      expect((await closed!.status())[0]!.waiting).toBe(1);
    }, 20_000);
    await proxy.sever();
    // The next call of each notices.
    await Promise.allSettled([
      open!.generate(ask("Hi")),
      closed!.generate(ask("Hi")),
      open!.status(),
      closed!.status(),
    ]);
    expect((await waits).text).toBe("Hello");
    expect(await fails).toMatchObject([{ reason: { kind: "server" } }]);
  });

  it("breaks no limit before and after under load, and meanwhile holds each process to it", async () => {
    await using proxy = await SeverableProxy.to(SERVICES.redis);
    const window = 200;
    const entries: { process: number; here: number; there: number | undefined }[] = [];
    const notices: string[] = [];
    let going = true;
    const flood = [0, 1].map(async (process) => {
      const limiter = space.limiter({ client: space.connect(proxy.url), onBack: () => notices.push("back") });
      const take = limiter.take.bind(limiter);
      limiter.take = async (calls, waiting) => {
        const answers = await take(calls, waiting);
        for (const answer of answers)
          if (!("lacking" in answer))
            entries.push({ process, here: answer.at, there: (answer as { remote?: number }).remote });
        return answers;
      };
      const llm = withLimit(new SlowBackend().backend, { limits: [{ requests: 10, window }], limiter });
      // Always more than there is room for.
      await Promise.all(
        Array.from({ length: 5 }, async () => {
          while (going) await llm.generate(ask("Hi"));
        }),
      );
    });
    const some = (kind: "here" | "there", after: number) =>
      vi.waitFor(
        () =>
          expect(
            entries.slice(after).filter(({ there }) => (there === undefined) === (kind === "here")).length,
          ).toBeGreaterThan(15),
        30_000,
      );
    await some("there", 0);
    await proxy.sever();
    await some("here", entries.length);
    await proxy.mend();
    await vi.waitFor(() => expect(notices).toHaveLength(2), 30_000);
    await some("there", entries.length);
    going = false;
    await Promise.all(flood);
    const shared = entries.flatMap(({ there }) => (there === undefined ? [] : [{ at: there, amount: 1 }]));
    expect(
      mostInAnyWindow(
        shared.sort((a, b) => a.at - b.at),
        window,
      ),
    ).toBeLessThanOrEqual(10);
    for (const process of [0, 1]) {
      const alone = entries.filter((one) => one.process === process && one.there === undefined);
      const held = alone.map(({ here }) => ({ at: here, amount: 1 }));
      expect(mostInAnyWindow(held, window)).toBeLessThanOrEqual(10);
      expect(held.length).toBeGreaterThan(0);
    }
  });

  it("lets through nothing while it is away where that is wanted, and no error says where it is", async () => {
    await using proxy = await SeverableProxy.to(SERVICES.redis);
    const llm = withLimit(new SlowBackend().backend, {
      limits,
      limiter: space.limiter({ client: space.connect(proxy.url), whenAway: "closed" }),
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
      expect(JSON.stringify(error) + error.stack).not.toContain("127.0.0.1");
    }
    await proxy.mend();
    await vi.waitFor(() => llm.generate(ask("3")), { timeout: 20_000, interval: 100 });
  });

  it("and does not answer is waited for once, and no longer than the time that is set", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const url = `redis://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const away = vi.fn();
    const client = space.connect(url);
    const limiter = space.limiter({ client, timeout: 200, onAway: away });
    const llm = withLimit(new SlowBackend().backend, { limits, limiter, whenFull: "fail" });
    await Promise.all([llm.generate(ask("1")), llm.generate(ask("2"))]);
    expect(away).toHaveBeenCalledTimes(1);
    const asked = vi.spyOn(client, "evalsha");
    await llm.generate(ask("3"));
    await llm.generate(ask("4"));
    await expect(llm.generate(ask("5"))).rejects.toMatchObject({ kind: "rate-limit" });
    // It may be looked for, but it is asked for nothing.
    expect(asked.mock.calls.filter((args) => args.includes("take"))).toEqual([]);
    client.disconnect();
    silent.close();
  });

  it("and forgets its scripts is told them again", async () => {
    const client = space.connect();
    const unknown = vi.fn(() => Promise.reject(new Error("NOSCRIPT No matching script")));
    const limiter = space.limiter({ client: { eval: client.eval.bind(client), evalsha: unknown } });
    const llm = withLimit(new SlowBackend().backend, { limits, limiter });
    // Its digest, by which it is known there, takes a moment.
    await vi.waitFor(async () => {
      await llm.status();
      expect(unknown).toHaveBeenCalled();
    }, 20_000);
    unknown.mockClear();
    await llm.generate(ask("1"));
    await llm.generate(ask("2"));
    expect(unknown).toHaveBeenCalled();
    expect((await llm.status())[0]!.used).toBe(2);
  });
});
