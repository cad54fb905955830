import { collect, type GenerateRequest, type LLMBackend, type StreamEvent } from "@llmux/core";
import { type MockScript, mockBackend } from "@llmux/testkit";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryCache } from "./memory-cache.js";
import { anyResult, asCached } from "./testing/any-result.js";
import { textStore } from "./testing/text-store.js";
import { withCache } from "./with-cache.js";

const NOW = Date.UTC(2026, 0, 1, 12);
const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "Why is the sky blue?" }] };

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Answers with a number that counts up. */
const counting: MockScript = (_, call) => `Answer ${call}`;
const text = async (llm: LLMBackend, more: Partial<GenerateRequest> = {}): Promise<string> =>
  (await llm.generate({ ...request, ...more })).text;

describe("a request that was asked before", () => {
  it("is answered from memory: generate and stream from one entry", async () => {
    const backend = mockBackend(counting);
    const llm = withCache(backend);
    const first = await llm.generate(request);
    expect(first.cachedAt).toBeUndefined();
    vi.setSystemTime(NOW + 5000);
    expect(await llm.generate(structuredClone(request))).toEqual({ ...first, cachedAt: new Date(NOW) });
    expect(await collect(llm.stream(request))).toEqual({ ...first, cachedAt: new Date(NOW) });
    expect(backend.requests).toHaveLength(1);
    const other = { ...request, seed: 1 };
    const streamed = await collect(llm.stream(other));
    expect(await llm.generate(other)).toEqual({ ...streamed, cachedAt: new Date(NOW + 5000) });
    expect(backend.requests).toHaveLength(2);
  });

  it("is given again as it was, whatever it was, by either way and from either kind of store", async () => {
    await fc.assert(
      fc.asyncProperty(anyResult, fc.boolean(), fc.boolean(), async (result, isText, isStream) => {
        const backend = mockBackend({ result });
        const llm = withCache(backend, { store: isText ? textStore() : memoryCache() });
        await (isStream ? collect(llm.stream(request)) : llm.generate(request));
        const again = [await llm.generate(request), await collect(llm.stream(request))];
        for (const each of again) expect(each).toEqual(asCached(result, new Date(NOW)));
        expect(backend.requests).toHaveLength(1);
        expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      }),
    );
  });

  it("streams as the contract has it, and says from the start on that nothing is paid", async () => {
    const llm = withCache(mockBackend({ text: "Blue light", toolCalls: [{ id: "c", name: "now", input: { at: 1 } }] }));
    await llm.generate(request);
    const events: StreamEvent[] = [];
    for await (const event of llm.stream(request)) events.push(event);
    expect(events.map(({ type }) => type)).toEqual(
      `start text-start text-delta text-delta text-end tool-input-start tool-input-delta tool-input-end tool-call finish`.split(
        " ",
      ),
    );
    const cachedAt = new Date(NOW);
    expect([events[0], events.at(-1)]).toMatchObject([
      { cachedAt },
      { cachedAt, finishReason: { unified: "tool-calls" } },
    ]);
  });

  it("costs nothing, and lists no tries and no headers", async () => {
    const result = {
      cost: { total: 0.5, input: 0.2, output: 0.3, source: "list" as const },
      attempts: [{ provider: "mock", model: "m", duration: 1 }],
      response: { id: "r", headers: { authorization: "sk-secret" } },
    };
    const llm = withCache(mockBackend({ text: "Hi", result }));
    const first = await llm.generate(request);
    expect(first).toMatchObject(result);
    const { cost, attempts, response } = await llm.generate(request);
    expect(cost).toEqual({ total: 0, input: 0, output: 0, source: "list" });
    expect(attempts).toBeUndefined();
    expect(response).toEqual({ id: "r" });
  });

  it("belongs to the caller: what that changes is changed for nobody else", async () => {
    const answer: MockScript = () => ({
      text: "Hi",
      toolCalls: [{ id: "c", name: "f", input: { list: [1] } }],
      result: { response: { createdAt: new Date(5) } },
    });
    const llm = withCache(mockBackend(answer));
    const spoil = ({ content, response }: Awaited<ReturnType<LLMBackend["generate"]>>): void => {
      for (const part of content) if (part.type === "tool-call") (part.input as { list: number[] }).list.push(2);
      response.createdAt?.setTime(0);
      (content as unknown[]).length = 0;
    };
    spoil(await llm.generate(request));
    spoil(await llm.generate(request));
    spoil(await collect(llm.stream(request)));
    const other = { ...request, seed: 2 };
    spoil(await collect(llm.stream(other)));
    for (const asked of [request, other]) {
      const { toolCalls: calls, response, text: said } = await llm.generate(asked);
      expect([calls[0]!.input, response.createdAt, said]).toEqual([{ list: [1] }, new Date(5), "Hi"]);
    }
  });
});

describe("how long", () => {
  it("is an hour, what the option says, or what the call says", async () => {
    const llm = withCache(mockBackend(counting));
    await text(llm);
    vi.setSystemTime(NOW + 3_599_999);
    expect(await text(llm)).toBe("Answer 0");
    vi.setSystemTime(NOW + 3_600_000);
    expect(await text(llm)).toBe("Answer 1");
    const short = withCache(mockBackend(counting), { ttl: 1000 });
    await text(short);
    await text(short, { seed: 1, context: { cache: { ttl: Number.POSITIVE_INFINITY } } });
    vi.advanceTimersByTime(1000);
    expect(await text(short)).toBe("Answer 2");
    vi.advanceTimersByTime(1e12);
    expect(await text(short, { seed: 1 })).toBe("Answer 1");
  });

  it("holds for stores that forget nothing by themselves, too", async () => {
    const store = textStore();
    const llm = withCache(mockBackend(counting), { ttl: 1000, store });
    await text(llm);
    await vi.waitFor(() => expect(store.ttls).toEqual([1000]));
    expect(await text(llm)).toBe("Answer 0");
    vi.advanceTimersByTime(1000);
    expect(await text(llm)).toBe("Answer 1");
  });
});

describe("whose", () => {
  const of = (context: GenerateRequest["context"], more: Partial<GenerateRequest> = {}) => ({ ...more, context });

  it("answers are shared by calls with the same key, by default", async () => {
    const llm = withCache(mockBackend(counting));
    expect(await text(llm, of({ key: "a", user: "u" }))).toBe("Answer 0");
    expect(await text(llm, of({ key: "b" }))).toBe("Answer 1");
    expect(await text(llm, of(undefined))).toBe("Answer 2");
    expect(await text(llm, of({ key: "undefined" }))).toBe("Answer 3");
    expect(await text(llm, of({ key: "a", user: "v", tags: ["x"] }, { user: "w", cacheKey: "c" }))).toBe("Answer 0");
  });

  it("answers are shared by calls of the same user, and without one by none", async () => {
    const llm = withCache(mockBackend(counting), { scope: "user" });
    expect(await text(llm, of({ user: "a", key: "k" }))).toBe("Answer 0");
    expect(await text(llm, { user: "a" })).toBe("Answer 0");
    expect(await text(llm, of({ user: "b", key: "k" }))).toBe("Answer 1");
    expect(await text(llm)).toBe("Answer 2");
    expect(await text(llm)).toBe("Answer 3");
  });

  it("answers are shared by all, or as the application says", async () => {
    const all = withCache(mockBackend(counting), { scope: "all" });
    await text(all, of({ key: "a" }));
    expect(await text(all, of({ key: "b" }))).toBe("Answer 0");
    const own = withCache(mockBackend(counting), { scope: ({ context }) => context?.tags?.[0] });
    expect(await text(own, of({ tags: ["x"] }))).toBe("Answer 0");
    expect(await text(own, of({ tags: ["x", "y"] }))).toBe("Answer 0");
    expect(await text(own, of({ tags: ["y"] }))).toBe("Answer 1");
    expect(await text(own)).toBe("Answer 2");
    expect(await text(own)).toBe("Answer 3");
  });

  it("namespaces, providers and stores are apart", async () => {
    const store = memoryCache();
    const one = withCache(mockBackend("one", { provider: "one" }), { store });
    const two = withCache(mockBackend("two", { provider: "two" }), { store });
    const third = withCache(mockBackend("three", { provider: "one" }), { store, namespace: "other" });
    const fourth = withCache(mockBackend("four", { provider: "one" }), { store });
    const fifth = withCache(mockBackend("five", { provider: "one" }));
    for (const [llm, said] of [
      [one, "one"],
      [two, "two"],
      [third, "three"],
      [fourth, "one"],
      [fifth, "five"],
    ] as const)
      expect(await text(llm)).toBe(said);
    expect(await text(one, { context: { cache: { namespace: "other" } } })).toBe("three");
  });
});

describe("a call", () => {
  it("may have nothing to do with the cache", async () => {
    const llm = withCache(mockBackend(counting));
    await text(llm);
    expect(await text(llm, { context: { cache: false } })).toBe("Answer 1");
    expect((await collect(llm.stream({ ...request, context: { cache: false } }))).text).toBe("Answer 2");
    expect(await text(llm)).toBe("Answer 0");
  });

  it("may want a new answer, which is then kept", async () => {
    const llm = withCache(mockBackend(counting));
    await text(llm);
    expect(await text(llm, { context: { cache: { refresh: true } } })).toBe("Answer 1");
    expect(await text(llm)).toBe("Answer 1");
    await collect(llm.stream({ ...request, context: { cache: { refresh: true } } }));
    expect(await text(llm)).toBe("Answer 2");
  });

  it.each([
    ["context.cache", true],
    ["context.cache.ttl", { ttl: 0 }],
    ["context.cache.ttl", { ttl: "1" }],
    ["context.cache.namespace", { namespace: "" }],
    ["context.cache.refresh", { refresh: 1 }],
  ])("is refused where its %s makes no sense", async (parameter, cache) => {
    const llm = withCache(mockBackend());
    const asked = { ...request, context: { cache: cache as never } };
    await expect(llm.generate(asked)).rejects.toMatchObject({ kind: "invalid-request", parameter });
    await expect(collect(llm.stream(asked))).rejects.toMatchObject({ kind: "invalid-request", parameter });
  });
});

it.each([
  { ttl: -1 },
  { ttl: Number.NaN },
  { namespace: "" },
  { scope: "tenant" },
  { when: true },
  { store: {} },
  { store: "redis://" },
  { storeTimeout: 0 },
  { storeTimeout: 2 ** 31 },
  { onHit: 1 },
  { onMiss: 1 },
  { onFailure: 1 },
])("refuses options that make no sense: %o", (options) => {
  const [parameter] = Object.keys(options);
  expect(() => withCache(mockBackend(), options as never)).toThrow(
    expect.objectContaining({ kind: "invalid-request", parameter }),
  );
});
