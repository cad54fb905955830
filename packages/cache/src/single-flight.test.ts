import { collect, type GenerateRequest, LLMError } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CacheHit } from "./options.js";
import { type Paced, paced, START, said, settle } from "./testing/paced.js";
import { textStore } from "./testing/text-store.js";
import { withCache } from "./with-cache.js";

const NOW = Date.UTC(2026, 0, 1, 12);
const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "Why?" }] };

let backend: Paced;
beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  backend = paced();
});
afterEach(() => {
  vi.useRealTimers();
});
const only = () => {
  expect(backend.calls).toHaveLength(1);
  return backend.calls[0]!;
};

describe("calls that ask the same at once", () => {
  it("are one call, whichever way they ask, and one of them pays", async () => {
    for (const leader of ["generate", "stream"] as const) {
      backend = paced();
      const hits: CacheHit[] = [];
      const llm = withCache(backend, { onHit: (hit) => hits.push(hit) });
      const ask = (call: "generate" | "stream") =>
        call === "stream" ? collect(llm.stream(request)) : llm.generate(request);
      const all = [ask(leader), ask("generate"), ask("stream"), ask("generate")];
      await settle();
      only().give(...said("Be", "cause"));
      const [paid, ...free] = await Promise.all(all);
      expect(paid).toMatchObject({ text: "Because", cost: { total: 0.5 }, attempts: [{ duration: 3 }] });
      expect(paid!.cachedAt).toBeUndefined();
      const { attempts: _, ...rest } = paid!;
      for (const each of free) {
        expect(each).toEqual({
          ...rest,
          response: { id: "r" },
          cost: { total: 0, input: 0, output: 0, source: "list" },
          cachedAt: new Date(NOW),
        });
      }
      only();
      expect(hits).toMatchObject(Array(3).fill({ from: "flight", saved: { total: 0.5 } }));
      expect(hits.map(({ call }) => call).sort()).toEqual(["generate", "generate", "stream"]);
      expect((await llm.generate(request)).cachedAt).toEqual(new Date(NOW));
    }
  });

  it("are not one where they ask on other terms", async () => {
    const llm = withCache(backend);
    const { signal } = new AbortController();
    void llm.generate(request);
    void llm.generate({ ...request, signal, timeout: { total: 1000 } }).catch(() => undefined);
    void llm.generate({ ...request, timeout: { firstEvent: 1000 } });
    void llm.generate({ ...request, context: { key: "other" } });
    void llm.generate({ ...request, context: { cache: { refresh: true } } });
    void llm.generate({ ...request, context: { cache: false } });
    await settle();
    // A limit on the whole call is kept here, and no reason for another.
    expect(backend.calls).toHaveLength(5);
  });

  it("hear of a failure all, and ask anew after that", async () => {
    for (const call of ["generate", "stream"] as const) {
      backend = paced();
      const llm = withCache(backend);
      const ask = () => (call === "stream" ? collect(llm.stream(request)) : llm.generate(request));
      const all = [ask(), ask()];
      const settled = Promise.allSettled(all);
      await settle();
      const usage = {
        inputTokens: { total: 1, cacheRead: 0, cacheWrite: 0 },
        outputTokens: { total: 1, reasoning: 0 },
      };
      only().give(START, new LLMError({ kind: "malformed-response", message: "Not JSON", usage }));
      const [paid, free] = (await settled) as PromiseRejectedResult[];
      expect(paid!.reason).toMatchObject({ kind: "malformed-response", usage });
      expect(free!.reason).toMatchObject({ kind: "malformed-response", message: "Not JSON", usage: undefined });
      const again = ask();
      await settle();
      backend.calls[1]!.give(...said("Hi"));
      expect((await again).text).toBe("Hi");
    }
  });

  it("each make their own output of it", async () => {
    const schema = (times: number) => {
      const input = () => ({ type: "object" });
      const validate = (value: unknown) => ({ value: (value as { n: number }).n * times });
      return { "~standard": { version: 1 as const, vendor: "test", validate, jsonSchema: { input, output: input } } };
    };
    const answers = mockBackend({ output: { n: 2 } });
    const llm = withCache(answers);
    const ask = (times: number) => ({ ...request, output: { schema: schema(times) } });
    const [, five, seven] = await Promise.all([
      collect(llm.stream(ask(1))),
      collect(llm.stream(ask(5))),
      llm.generate(ask(7)),
    ]);
    expect([five!.output, seven!.output, answers.requests.length]).toEqual([10, 14, 1]);
  });
});

describe("a whole call that several wait for", () => {
  it("goes on when the first leaves, and ends when the last does", async () => {
    const llm = withCache(backend);
    const [one, two] = [new AbortController(), new AbortController()];
    const calls = [one, two].map(({ signal }) => llm.generate({ ...request, signal }));
    const settled = Promise.allSettled(calls);
    await settle();
    one.abort();
    await expect(calls[0]).rejects.toMatchObject({ kind: "aborted" });
    expect(only().ended).toBe(false);
    two.abort();
    await settled;
    expect(only().ended).toBe(true);
    void llm.generate(request);
    await settle();
    expect(backend.calls).toHaveLength(2);
  });

  it("that was given up ends without a trace, though another has begun meanwhile", async () => {
    const llm = withCache(backend);
    const controller = new AbortController();
    const given = llm.generate({ ...request, signal: controller.signal });
    await settle();
    // Its failure comes only when the next is under way.
    const stop = vi.spyOn(backend.calls[0]!, "give").mockImplementation(() => {});
    controller.abort();
    await expect(given).rejects.toMatchObject({ kind: "aborted" });
    const second = llm.generate(request);
    await settle();
    stop.mockRestore();
    backend.calls[0]!.give(new LLMError({ kind: "aborted", message: "Late" }));
    await settle();
    const third = llm.generate(request);
    await settle();
    expect(backend.calls).toHaveLength(2);
    backend.calls[1]!.give(...said("Hi"));
    expect([(await second).text, (await third).text]).toEqual(["Hi", "Hi"]);
  });

  it("is left by a stream that waits for it, before it has begun", async () => {
    const llm = withCache(backend);
    const { signal } = new AbortController();
    const controller = new AbortController();
    const whole = llm.generate({ ...request, signal: controller.signal });
    whole.catch(() => undefined);
    const reader = llm.stream({ ...request, signal })[Symbol.asyncIterator]();
    const pending = reader.next();
    await settle();
    await reader.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(only().ended).toBe(false);
    controller.abort();
    await settle();
    expect(only().ended).toBe(true);
  });

  it("keeps each to its own limit, without ending it for the others", async () => {
    const llm = withCache(backend);
    const patient = llm.generate(request);
    const hasty = { ...request, timeout: { total: 1000 } };
    const failed = [llm.generate(hasty), collect(llm.stream(hasty))].map((each) =>
      expect(each).rejects.toMatchObject({ kind: "timeout" }),
    );
    await vi.advanceTimersByTimeAsync(1000);
    await Promise.all(failed);
    only().give(...said("Hi"));
    expect((await patient).text).toBe("Hi");
  });
});

it("looks into the store once for all, and leaves no listener behind", async () => {
  const store = textStore();
  const get = vi.spyOn(store, "get");
  const llm = withCache(mockBackend("Hi"), { store });
  const { signal } = new AbortController();
  const add = vi.spyOn(signal, "addEventListener");
  const remove = vi.spyOn(signal, "removeEventListener");
  const both = { ...request, signal };
  await Promise.all([llm.generate(both), llm.generate(both), collect(llm.stream(both))]);
  expect(get).toHaveBeenCalledTimes(1);
  await vi.waitFor(() => expect(store.texts.size).toBe(1));
  await settle();
  const again = await Promise.all([collect(llm.stream(both)), collect(llm.stream(both)), llm.generate(both)]);
  expect(get).toHaveBeenCalledTimes(2);
  expect(again.map(({ cachedAt }) => cachedAt)).toEqual(Array(3).fill(new Date(NOW)));
  await settle();
  const left = new Set(add.mock.calls.map(([, listener]) => listener));
  for (const [, listener] of remove.mock.calls) left.delete(listener);
  expect(left.size).toBe(0);
});
