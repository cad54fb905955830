import { randomUUID } from "node:crypto";
import { describeWith, SERVICES } from "@llmux/test-support";
import { Redis } from "ioredis";
import { afterAll, expect, it } from "vitest";
import { redisStore } from "./redis.js";
import { storeSuite } from "./testing/store-suite.js";

it("refuses options that make no sense", () => {
  const client = { eval: async () => [], evalsha: async () => [] };
  expect(() => redisStore({ client: { eval: client.eval } as never })).toThrow(
    expect.objectContaining({ parameter: "client" }),
  );
  expect(() => redisStore({ client, prefix: 1 as never })).toThrow(expect.objectContaining({ parameter: "prefix" }));
});

await describeWith(["redis"], "in Redis", () => {
  const client = new Redis(SERVICES.redis);
  const all = `{test:${randomUUID()}}`;
  let opened = 0;
  const prefixOf = (): string => `${all}${opened++}:`;
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  afterAll(async () => {
    const keys = await client.keys(`${all}*`);
    for (let at = 0; at < keys.length; at += 500) await client.del(...keys.slice(at, at + 500));
    client.disconnect();
  });

  storeSuite(async () => ({ store: redisStore({ client, prefix: prefixOf() }), pass: sleep }), { runs: 40 });

  it("leaves no key behind when a purse's time is over, and those of a total alone", async () => {
    const prefix = prefixOf();
    const store = redisStore({ client, prefix });
    await store.read(["unknown"]);
    await store.reserve("0", [{ purse: "refused", limit: 1, amount: 4 }], 60_000);
    expect(await client.keys(`${prefix}*`)).toEqual([]);
    const until = Date.now() + 60_000;
    await store.reserve("1", [{ purse: "a", limit: 10, amount: 4, until }], 60_000);
    await store.charge("2", [{ purse: "b", amount: 4, until }]);
    await store.reserve("3", [{ purse: "total", limit: 10, amount: 4 }], 60_000);
    const expires = async (purse: string): Promise<number[]> => [
      await client.pexpiretime(`${prefix}purse:${purse}`),
      await client.pexpiretime(`${prefix}ids:${purse}`),
    ];
    expect(await expires("a")).toEqual([until, until]);
    expect(await expires("b")).toEqual([until, until]);
    expect(await expires("total")).toEqual([-1, -1]);
    await store.settle("3", [{ purse: "total", amount: 4 }]);
    expect(await client.hgetall(`${prefix}purse:total`)).toEqual({ spent: "4", reserved: "0" });
    expect(await client.exists(`${prefix}ids:total`)).toBe(0);
  });

  it("sends its scripts again to a Redis that has forgotten them", async () => {
    const store = redisStore({ client, prefix: prefixOf() });
    await store.charge("1", [{ purse: "a", amount: 4 }]);
    await client.script("FLUSH");
    await store.charge("2", [{ purse: "a", amount: 4 }]);
    expect(await store.read(["a"])).toEqual([{ spent: 8, reserved: 0 }]);
  });
});
