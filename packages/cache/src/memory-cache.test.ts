import type { GenerateRequest } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { describe, expect, it } from "vitest";
import { memoryCache } from "./memory-cache.js";
import { withCache } from "./with-cache.js";

const ask = (content: string): GenerateRequest => ({ model: "m", messages: [{ role: "user", content }] });

describe("memoryCache", () => {
  it("holds so many, and lets go of those that were not asked for for longest", async () => {
    const store = memoryCache({ maxEntries: 2 });
    const backend = mockBackend("Hi");
    const llm = withCache(backend, { store });
    for (const asked of ["a", "b", "a", "c", "a"]) await llm.generate(ask(asked));
    expect(backend.requests.map(({ messages }) => messages[0]!.content)).toEqual(["a", "b", "c"]);
    await llm.generate(ask("b"));
    expect([backend.requests.length, store.size]).toEqual([4, 2]);
  });

  it("holds so many bytes, counting what was asked, and nothing that is larger alone", async () => {
    const store = memoryCache({ maxBytes: 20_000 });
    const backend = mockBackend(({ messages }) => ({
      text: messages[0]!.content === "big" ? "x".repeat(10_000) : "Hi",
    }));
    const llm = withCache(backend, { store });
    await llm.generate(ask("small"));
    const { bytes } = store;
    expect(bytes).toBeGreaterThan(200);
    await llm.generate(ask("y".repeat(3000)));
    expect(store.bytes - bytes).toBeGreaterThanOrEqual(6000);
    await llm.generate(ask("big"));
    expect(store.size).toBe(2);
    for (let call = 0; call < 50; call++) await llm.generate(ask(`${call}${"y".repeat(1000)}`));
    expect(store.bytes).toBeLessThanOrEqual(20_000);
    expect(store.size).toBeGreaterThan(2);
    const vectors = memoryCache();
    await withCache(mockBackend("Hi", { embed: () => Array(1000).fill(0.5) }), { store: vectors }).embed!({
      values: ["a"],
    });
    expect(vectors.bytes).toBeGreaterThan(4000);
  });

  it("forgets all when told to", async () => {
    const store = memoryCache();
    const backend = mockBackend("Hi");
    const llm = withCache(backend, { store });
    await llm.generate(ask("a"));
    store.clear();
    expect([store.size, store.bytes]).toEqual([0, 0]);
    await llm.generate(ask("a"));
    expect(backend.requests).toHaveLength(2);
  });

  it.each([{ maxEntries: 0 }, { maxEntries: 1.5 }, { maxEntries: 1e9 }, { maxBytes: 0 }, { maxBytes: Number.NaN }])(
    "refuses %o",
    (options) => {
      const [parameter] = Object.keys(options);
      expect(() => memoryCache(options)).toThrow(expect.objectContaining({ kind: "invalid-request", parameter }));
    },
  );
});
