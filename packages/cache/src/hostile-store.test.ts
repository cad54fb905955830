import { collect, type GenerateRequest } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CacheStore } from "./cache-store.js";
import type { CacheFailure } from "./options.js";
import { textStore } from "./testing/text-store.js";
import { withCache } from "./with-cache.js";

const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "My secret plan" }] };

let failures: CacheFailure[];
let onFailure: (failure: CacheFailure) => void;
beforeEach(() => {
  // What is told late is told to those whose it is.
  const told: CacheFailure[] = [];
  failures = told;
  onFailure = (failure) => told.push(failure);
});
afterEach(() => {
  vi.useRealTimers();
});

/** How often the backend is asked over this store, by two that share no more than that. */
async function twice(store: CacheStore): Promise<number> {
  const backend = mockBackend("Hi");
  const [one, two] = [withCache(backend, { store, onFailure }), withCache(backend, { store, onFailure })];
  const answers = [await one.generate(request), await collect(two.stream(request))];
  expect(answers.map(({ text }) => text)).toEqual(["Hi", "Hi"]);
  return backend.requests.length;
}

describe("a store that is broken", () => {
  it.each<[string, Partial<CacheStore>]>([
    [
      "throws",
      {
        get: () => {
          throw new Error("No");
        },
      },
    ],
    ["rejects", { get: () => Promise.reject(new Error("No")) }],
    ["can't be written", { set: () => Promise.reject(new Error("No")) }],
  ])("and %s costs no call, and is told of", async (_, broken) => {
    await twice({ ...textStore(), ...broken });
    const failure = { during: broken.get ? "get" : "set", error: new Error("No") };
    await vi.waitFor(() => expect(failures).toContainEqual(failure));
  });

  it("is waited for only so long, and left alone for a second then", async () => {
    vi.useFakeTimers();
    const store = textStore();
    const get = vi.spyOn(store, "get").mockReturnValue(new Promise(() => {}) as never);
    const llm = withCache(mockBackend("Hi"), { store, storeTimeout: 50, onFailure });
    const first = llm.generate(request);
    await vi.waitFor(() => expect(get).toHaveBeenCalledTimes(1));
    await vi.advanceTimersByTimeAsync(50);
    expect((await first).text).toBe("Hi");
    expect(failures).toEqual([{ during: "get", error: new Error("The store has not answered within 50 ms") }]);
    // Neither looked into nor written to.
    expect((await llm.generate({ ...request, seed: 1 })).text).toBe("Hi");
    expect([get.mock.calls.length, store.texts.size, failures.length]).toEqual([1, 0, 1]);
    await vi.advanceTimersByTimeAsync(1000);
    get.mockRestore();
    await llm.generate({ ...request, seed: 2 });
    await vi.waitFor(() => expect(store.texts.size).toBe(1));
    vi.useRealTimers();
  });

  it("is handed no answer that can't be written down, which is told", async () => {
    let input: unknown = "deep";
    for (let depth = 0; depth < 20_000; depth++) input = [input];
    for (const odd of [input, { run: () => 1 }]) {
      failures.length = 0;
      const store = textStore();
      const backend = mockBackend({ toolCalls: [{ id: "c", name: "f", input: odd }] });
      const { toolCalls } = await withCache(backend, { store, onFailure }).generate(request);
      expect(toolCalls[0]!.input).toBe(odd);
      await vi.waitFor(() => expect(failures).toMatchObject([{ during: "set" }]));
      expect(store.texts.size).toBe(0);
      // Memory takes it as it is.
      const llm = withCache(backend);
      await llm.generate(request);
      expect((await llm.generate(request)).cachedAt).toBeInstanceOf(Date);
    }
  });

  it("leaves no timer behind when it has answered", async () => {
    vi.useFakeTimers();
    const store = textStore();
    await withCache(mockBackend("Hi"), { store, storeTimeout: 60_000 }).generate(request);
    await vi.waitFor(() => expect(store.texts.size).toBe(1));
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0));
  });

  it("does not hold up an answer by being slow to take it", async () => {
    const llm = withCache(mockBackend("Hi"), { store: { get: () => undefined, set: () => new Promise(() => {}) } });
    expect((await llm.generate(request)).text).toBe("Hi");
    // What is on its way there can be had meanwhile.
    expect((await llm.generate(request)).cachedAt).toBeInstanceOf(Date);
  });
});

describe("a store that holds what it should not", () => {
  const good = async (): Promise<string> => {
    const store = textStore();
    await withCache(mockBackend({ text: "Hi", toolCalls: [{ id: "c", name: "f", input: { a: 1 } }] }), {
      store,
    }).generate(request);
    await vi.waitFor(() => expect(store.texts.size).toBe(1));
    return [...store.texts.values()][0]!;
  };

  it("gives keys and entries that tell nothing of what was asked", async () => {
    const store = textStore();
    const headers = { authorization: "Bearer sk-secret" };
    await withCache(mockBackend("Hi"), { store }).generate({ ...request, headers, context: { key: "team-a" } });
    await vi.waitFor(() => expect(store.texts.size).toBe(1));
    const [[key, entry]] = [...store.texts] as [[string, string]];
    expect(key).toMatch(/^llmux:[0-9a-f]{64}$/);
    expect(entry).not.toMatch(/secret|team-a/);
    expect(JSON.parse(entry)).toMatchObject({ format: 1, call: "generate" });
  });

  it.each<[string, unknown]>([
    ["a number", 5],
    ["an object", { text: "Ha" }],
    ["bytes", Uint8Array.of(1)],
    ["nothing that is JSON", "{"],
    ["null", "null"],
    ["a list", "[]"],
    ["an error", '{"$llmux":"error","value":null}'],
    ["nested too deep", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
  ])("is passed over where that is %s", async (_, held) => {
    expect(await twice({ ...textStore(), get: async () => held })).toBe(2);
    expect(failures.map(({ during }) => during)).toContain("get");
    expect(JSON.stringify(failures)).not.toContain("secret");
  });

  it.each<[string, (entry: Record<string, never>) => unknown]>([
    ["another call's", (entry) => ({ ...entry, call: "embed" })],
    ["of no time", (entry) => ({ ...entry, at: "now" })],
    ["of an impossible time", (entry) => ({ ...entry, at: 1e300 })],
    ["good for who knows how long", (entry) => ({ ...entry, until: null })],
    ...(
      [
        ["content", "Hi"],
        ["content", [{ type: "text" }]],
        ["content", [{ type: "constructor", text: "" }]],
        ["content", [null]],
        ["content", [{ type: "image", data: { x: 1 } }]],
        ["content", [{ type: "tool-call", id: 1, name: "f" }]],
        ["finishReason", { unified: "toString" }],
        ["finishReason", undefined],
        ["usage", { inputTokens: { total: -1 }, outputTokens: {} }],
        ["usage", { inputTokens: {} }],
        ["warnings", [1]],
        ["provider", 1],
        ["response", undefined],
        ["response", { createdAt: "today" }],
        ["cost", { total: "0" }],
        ["providerMetadata", "x"],
      ] as const
    ).map(([field, value]): [string, (entry: Record<string, never>) => unknown] => [
      `with a ${field} of ${JSON.stringify(value)}`,
      (entry) => ({ ...entry, answer: { ...(entry.answer as unknown as object), [field]: value } }),
    ]),
  ])("is passed over where an entry is %s", async (_, spoil) => {
    const entry = JSON.stringify(spoil(JSON.parse(await good())));
    expect(await twice({ ...textStore(), get: async () => entry })).toBe(2);
    expect(failures).toHaveLength(2);
  });

  it("is passed over in silence where an entry is of another version or past its time", async () => {
    const entry = JSON.parse(await good());
    for (const other of [
      { ...entry, format: 0 },
      { ...entry, until: 1 },
    ])
      expect(await twice({ ...textStore(), get: async () => JSON.stringify(other) })).toBe(2);
    expect(failures).toEqual([]);
  });

  it("pollutes no prototype", async () => {
    const entry = (await good()).replace(
      '{"a":1}',
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    );
    expect(entry).toContain("polluted");
    const llm = withCache(mockBackend("Hi"), { store: { ...textStore(), get: async () => entry } });
    for (const { toolCalls, cachedAt } of [await llm.generate(request), await collect(llm.stream(request))]) {
      expect(cachedAt).toBeInstanceOf(Date);
      const input = toolCalls[0]!.input as Record<string, unknown>;
      expect(Object.keys(input)).toEqual(["__proto__", "constructor"]);
      expect([input.polluted, ({} as Record<string, unknown>).polluted]).toEqual([undefined, undefined]);
    }
  });

  it("never fails a call, however an entry is bent", async () => {
    const entry = JSON.parse(await good()) as object;
    const paths = pathsOf(entry);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.jsonValue(), async (path, value) => {
        const bent = structuredClone(entry) as Record<string, unknown>;
        let at = bent;
        for (const step of path.slice(0, -1)) at = at[step] as Record<string, unknown>;
        at[path.at(-1)!] = value;
        const store = { ...textStore(), get: async () => JSON.stringify(bent) };
        const llm = () => withCache(mockBackend("Hi"), { store });
        const whole = await llm().generate(request);
        expect(typeof whole.text).toBe("string");
        expect(await collect(llm().stream(request))).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });
});

/** The way to every value within. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, each]) => pathsOf(each, [...path, key]));
  return path.length > 0 ? [path, ...inner] : inner;
}
