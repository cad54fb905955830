import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type GenerateRequest, LLMError } from "@llmux/core";
import { describeWith, SERVICES, SeverableProxy } from "@llmux/test-support";
import { mockBackend } from "@llmux/testkit";
import { Redis } from "ioredis";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { balance } from "./balance.js";
import type { Balancer } from "./balancer.js";
import { redisHealth } from "./redis.js";
import type { Strategy } from "./strategy.js";

const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "Hi" }] };
const inOrder: Strategy = (candidates) => candidates[0]!;

it("refuses options that make no sense", () => {
  expect(() => redisHealth({ client: {} as never })).toThrow(expect.objectContaining({ parameter: "client" }));
  expect(() => redisHealth({ client: { eval: async () => [] }, every: 0 })).toThrow(
    expect.objectContaining({ parameter: "every" }),
  );
});

await describeWith(["redis"], "over Redis", () => {
  let prefix: string;
  const clients: Redis[] = [];
  const balancers: Balancer[] = [];
  beforeEach(() => {
    prefix = `{test:${randomUUID()}}:`;
  });
  afterEach(async () => {
    for (const balancer of balancers.splice(0)) await balancer.close();
    const cleaner = new Redis(SERVICES.redis);
    await cleaner.del(`${prefix}a`, `${prefix}b`);
    cleaner.disconnect();
    for (const client of clients.splice(0)) client.disconnect();
  });

  /** One process' view; `a` answers as told. */
  function processOf(answer: () => LLMError | string, url: string = SERVICES.redis) {
    const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: 1 });
    client.on("error", () => {});
    clients.push(client);
    const llm = balance({
      deployments: [
        { name: "a", backend: mockBackend(() => answer()) },
        { name: "b", backend: mockBackend(() => "b") },
      ],
      strategy: inOrder,
      breaker: { failures: 2, openFor: 60_000 },
      shared: redisHealth({ client, prefix, every: 20 }),
    });
    balancers.push(llm);
    return { llm, ask: async () => (await llm.generate(request)).text, state: () => llm.status()[0]!.state };
  }
  const fail = (kind: LLMError["kind"], retryAfter?: number): LLMError =>
    new LLMError({ kind, message: kind, retryAfter });

  it("tells others of cooldowns and open circuits, and when one is well again", async () => {
    const one = processOf(() => fail("rate-limit", 30_000));
    const two = processOf(() => "a");
    await one.ask();
    await vi.waitFor(() => expect(two.state()).toBe("cooling"), 5000);
    expect(await two.ask()).toBe("b");
    const { until } = two.llm.status()[0]!;
    expect(Math.abs(until!.getTime() - one.llm.status()[0]!.until!.getTime())).toBeLessThan(5000);
    const third = processOf(() => "a");
    await vi.waitFor(() => expect(third.state()).toBe("cooling"), 5000);
  });

  it("opens the circuit for all, and closes it for all when one has seen it well", async () => {
    const three = processOf(() => fail("server"));
    const four = processOf(() => "a");
    await three.ask();
    await three.ask();
    await vi.waitFor(() => expect(four.state()).toBe("open"), 5000);
    const client = new Redis(SERVICES.redis);
    clients.push(client);
    expect(JSON.parse((await client.get(`${prefix}a`))!)).toEqual({ kind: "server", broken: true });
    // As a third process does that has seen it well.
    await client.del(`${prefix}a`);
    await vi.waitFor(() => expect(four.state()).toBe("half-open"), 5000);
    expect(await four.ask()).toBe("a");
    expect(four.state()).toBe("well");
  });

  it("takes back what it said when a trial shows it well", async () => {
    let answer: LLMError | string = fail("server");
    const client = new Redis(SERVICES.redis);
    clients.push(client);
    const llm = balance({
      deployments: [{ name: "a", backend: mockBackend(() => answer) }],
      breaker: { failures: 1, openFor: 60_000 },
      whenAllCool: "try-soonest",
      shared: redisHealth({ client, prefix, every: 20 }),
    });
    balancers.push(llm);
    await llm.generate(request).catch(() => {});
    await vi.waitFor(async () => expect(await client.get(`${prefix}a`)).not.toBeNull(), 5000);
    answer = "well";
    await llm.generate(request);
    await vi.waitFor(async () => expect(await client.get(`${prefix}a`)).toBeNull(), 5000);
    expect(llm.status()[0]!.state).toBe("well");
  });

  it("goes by what it knows while Redis is gone, and says it again when it is back", async () => {
    await using proxy = await SeverableProxy.to(SERVICES.redis);
    const one = processOf(() => fail("rate-limit", 60_000), proxy.url);
    const two = processOf(() => "a");
    expect(one.state()).toBe("well");
    await vi.waitFor(() => expect(clients[0]!.status).toBe("ready"), 5000);
    await proxy.sever();
    expect(await one.ask()).toBe("b");
    expect(one.state()).toBe("cooling");
    expect(await one.ask()).toBe("b");
    expect(two.state()).toBe("well");
    // Until it has noticed, so that what it said is lost.
    await vi.waitFor(() => expect(clients[0]!.status).not.toBe("ready"), 5000);
    await proxy.mend();
    await vi.waitFor(() => expect(two.state()).toBe("cooling"), 10_000);
    expect(one.state()).toBe("cooling");
  });

  it("is seen by another process", async () => {
    const child: ChildProcess = fork(new URL("./testing/other-process.mjs", import.meta.url), [SERVICES.redis, prefix]);
    try {
      const [ready] = await once(child, "message");
      expect(ready).toBe("limited");
      const here = processOf(() => "a");
      await vi.waitFor(() => expect(here.state()).toBe("cooling"), 5000);
      expect(here.llm.status()[0]).toMatchObject({ kind: "rate-limit" });
      expect(await here.ask()).toBe("b");
    } finally {
      child.kill();
    }
  });

  it("passes over what it can't read", async () => {
    const client = new Redis(SERVICES.redis);
    clients.push(client);
    await client.set(`${prefix}a`, "not JSON", "PX", 60_000);
    await client.set(`${prefix}b`, JSON.stringify({ kind: "overloaded", broken: false, more: 1 }), "PX", 60_000);
    const { llm } = processOf(() => "a");
    await vi.waitFor(() => expect(llm.status().map(({ state }) => state)).toEqual(["well", "cooling"]), 5000);
  });
});
