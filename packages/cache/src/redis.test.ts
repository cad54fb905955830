import { randomUUID } from "node:crypto";
import KeyvRedis from "@keyv/redis";
import { collect, type GenerateRequest } from "@llmux/core";
import { describeWith, SERVICES, SeverableProxy } from "@llmux/test-support";
import { mockBackend } from "@llmux/testkit";
import { Keyv } from "keyv";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { CacheFailure, CacheHit, CacheOptions } from "./options.js";
import { settle } from "./testing/paced.js";
import { withCache } from "./with-cache.js";

const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "Why is the sky blue?" }] };

await describeWith(["redis"], "over Keyv and Redis", () => {
  let namespace: string;
  const stores: Keyv[] = [];
  beforeEach(() => {
    namespace = `test-${randomUUID()}`;
  });
  afterEach(async () => {
    const cleaner = storeAt(SERVICES.redis);
    await cleaner.clear();
    await Promise.all(stores.splice(0).map((store) => store.disconnect().catch(() => undefined)));
  });

  function storeAt(url: string): Keyv {
    const redis = new KeyvRedis({ url, socket: { reconnectStrategy: () => 20 } }, { throwOnErrors: true });
    const store = new Keyv(redis, { namespace, throwOnErrors: true });
    store.on("error", () => {});
    stores.push(store);
    return store;
  }

  /** One process, as it were: a cache of its own over a connection of its own. */
  function processOf(options: CacheOptions = {}, url: string = SERVICES.redis) {
    const backend = mockBackend((_, call) => ({
      text: `Answer ${call}`,
      reasoning: "Hm",
      result: { response: { createdAt: new Date(5) } },
    }));
    const hits: CacheHit[] = [];
    const failures: CacheFailure[] = [];
    const store = storeAt(url);
    const llm = withCache(backend, {
      store,
      onHit: (hit) => hits.push(hit),
      onFailure: (failure) => failures.push(failure),
      ...options,
    });
    return { llm, store, hits, failures, asked: () => backend.requests.length };
  }
  const keys = async (store: Keyv): Promise<string[]> => {
    const found: string[] = [];
    for await (const [key] of store.iterator!(namespace)) found.push(key as string);
    return found;
  };

  it("answers what another process was asked, whole or as a stream, vectors too", async () => {
    const [one, two] = [processOf(), processOf()];
    const first = await one.llm.generate(request);
    await vi.waitFor(async () => expect(await keys(one.store)).toHaveLength(1), 5000);
    const { cachedAt, ...again } = await two.llm.generate(request);
    expect(again).toEqual(first);
    expect(cachedAt).toBeInstanceOf(Date);
    expect(await collect(two.llm.stream(request))).toEqual({ ...first, cachedAt });
    expect([two.asked(), two.hits.map(({ from }) => from)]).toEqual([0, ["store", "store"]]);
    const { embeddings } = await one.llm.embed!({ values: ["a", "b"] });
    await vi.waitFor(async () => expect(await keys(one.store)).toHaveLength(2), 5000);
    const vectors = await two.llm.embed!({ values: ["a", "b"] });
    expect([vectors.embeddings, vectors.cachedAt instanceof Date]).toEqual([embeddings, true]);
  });

  it("keeps tenants apart, and lets Redis forget in time", async () => {
    const { llm, store, asked } = processOf({ ttl: 600_000 });
    const ask = async (key: string) => (await llm.generate({ ...request, context: { key } })).text;
    expect([await ask("a"), await ask("b")]).toEqual(["Answer 0", "Answer 1"]);
    await vi.waitFor(async () => expect(await keys(store)).toHaveLength(2), 5000);
    const other = processOf();
    const again = await Promise.all(["a", "b"].map((key) => other.llm.generate({ ...request, context: { key } })));
    expect(again.map(({ text }) => text)).toEqual(["Answer 0", "Answer 1"]);
    expect(asked()).toBe(2);
    const client = await (store.store as KeyvRedis<unknown>).getClient();
    const held = (await client.keys(`*${namespace}*`)) as string[];
    expect(held).toHaveLength(2);
    for (const key of held) {
      const ttl = Number(await client.pTTL(key));
      expect(ttl).toBeGreaterThan(0);
      expect(ttl).toBeLessThanOrEqual(600_000);
    }
  });

  it("goes on without Redis while it is gone, and with it when it is back", async () => {
    await using proxy = await SeverableProxy.to(SERVICES.redis);
    const { llm, hits, failures, asked } = processOf({ storeTimeout: 100 }, proxy.url);
    await llm.generate(request);
    // Until then it is this process' own, whatever becomes of Redis.
    const fromStore = async (): Promise<void> => {
      await llm.generate(request);
      expect(hits.at(-1)?.from).toBe("store");
    };
    await vi.waitFor(fromStore, 5000);
    await proxy.sever();
    for (const [time, call] of (["generate", "stream", "generate"] as const).entries()) {
      const answer = call === "stream" ? await collect(llm.stream(request)) : await llm.generate(request);
      expect([answer.text, answer.cachedAt]).toEqual([`Answer ${time + 1}`, undefined]);
      // Until it is clear that it can't be kept, others could have it.
      await settle();
    }
    expect(failures.length).toBeGreaterThan(0);
    await proxy.mend();
    hits.length = 0;
    await vi.waitFor(fromStore, 15_000);
    const before = asked();
    expect((await llm.generate(request)).text).toBe("Answer 0");
    expect(asked()).toBe(before);
  });

  it("takes nothing over from an entry that somebody has spoilt", async () => {
    const { llm, store, failures } = processOf();
    await llm.generate(request);
    await vi.waitFor(async () => expect(await keys(store)).toHaveLength(1), 5000);
    const [key] = await keys(store);
    await store.set(key!, '{"format":1,"call":"generate","at":1,"until":9e15,"answer":{"content":"Ha"}}');
    const other = processOf();
    expect((await other.llm.generate(request)).text).toBe("Answer 0");
    expect([other.asked(), other.failures.length, failures.length]).toEqual([1, 1, 0]);
  });
});
