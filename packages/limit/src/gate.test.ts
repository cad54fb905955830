import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryLimiter } from "./memory-limiter.js";
import { ask, SlowBackend } from "./testing/slow-backend.js";
import { withLimit } from "./with-limit.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the queue", () => {
  const waitFor = async (llm: ReturnType<typeof withLimit>, slow: SlowBackend, count: number) => {
    for (let turn = 0; slow.begun.length < count && turn < 1000; turn++) await vi.advanceTimersByTimeAsync(50);
    expect((await llm.status())[0]!.waiting).toBe(0);
  };

  it("takes callers in turn and the calls of one in their order", async () => {
    const slow = new SlowBackend();
    const llm = withLimit(slow.backend, { limits: [{ parallel: 1 }] });
    const call = (key: string, place: number) =>
      llm.generate(ask(`${key}${place}`, { seed: 10, context: { key } })).catch(() => expect.fail());
    for (let place = 0; place < 100; place++) void call("many", place);
    void call("one", 0);
    for (let place = 0; place < 3; place++) void call("few", place);
    await waitFor(llm, slow, 104);
    const order = slow.begun.map(({ text }) => text);
    expect(order.slice(0, 9)).toEqual(["many0", "many1", "one0", "few0", "many2", "few1", "many3", "few2", "many4"]);
    expect(order.filter((text) => text.startsWith("many"))).toEqual(
      Array.from({ length: 100 }, (_, at) => `many${at}`),
    );
  });

  it("goes by the application's own idea of a caller", async () => {
    const slow = new SlowBackend();
    const llm = withLimit(slow.backend, { limits: [{ parallel: 1 }], fairBy: ({ session }) => session });
    for (const session of ["s", "s", "s", "t"])
      void llm.generate(ask(session, { seed: 10, context: { session, key: "k" } }));
    await waitFor(llm, slow, 4);
    expect(slow.begun.map(({ text }) => text)).toEqual(["s", "s", "t", "s"]);
  });

  it("lets no small call pass a big one that waits for the same", async () => {
    const slow = new SlowBackend();
    const llm = withLimit(slow.backend, {
      limits: [{ tokens: 100, window: 1000 }],
      estimate: ({ request }) => Number((request as any).messages[0].content),
    });
    const call = (tokens: number, key: string) => void llm.generate(ask(`${tokens}`, { context: { key } }));
    call(60, "small");
    await vi.advanceTimersByTimeAsync(500);
    call(90, "big");
    // There is room for these, but the big one would wait forever if they took it.
    for (let turn = 0; turn < 20; turn++) {
      call(10, "small");
      await vi.advanceTimersByTimeAsync(25);
    }
    expect(slow.begun.map(({ text }) => text)).toEqual(["60"]);
    await vi.advanceTimersByTimeAsync(10);
    expect(slow.begun.map(({ text }) => text)).toEqual(["60", "90", "10"]);
    await waitFor(llm, slow, 22);
  });

  it("goes on with the small ones when the big one gives up", async () => {
    const slow = new SlowBackend();
    const llm = withLimit(slow.backend, {
      limits: [{ tokens: 100, window: 1000 }],
      estimate: ({ request }) => Number((request as any).messages[0].content),
    });
    const controller = new AbortController();
    void llm.generate(ask("60"));
    const big = llm.generate(ask("90", { signal: controller.signal }));
    void llm.generate(ask("10"));
    await vi.advanceTimersByTimeAsync(100);
    expect(slow.begun).toHaveLength(1);
    controller.abort();
    await expect(big).rejects.toMatchObject({ kind: "aborted" });
    expect(slow.begun.map(({ text }) => text)).toEqual(["60", "10"]);
  });

  it("holds up nobody who waits for nothing, and a call that lacks several things only where it lacks them", async () => {
    const slow = new SlowBackend();
    const llm = withLimit(slow.backend, { limits: [{ parallel: 2 }, { requests: 1, per: "key" }] });
    const call = (key: string, seed: number) => void llm.generate(ask(key, { seed, context: { key } }));
    call("a", 100);
    call("a", 100);
    call("b", 1000);
    // The second of a waits for its own limit and so does not stand before c.
    call("c", 100);
    expect(slow.keys).toEqual(["a", "b"]);
    await vi.advanceTimersByTimeAsync(101);
    expect(slow.keys).toEqual(["a", "b", "c"]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(slow.keys).toEqual(["a", "b", "c", "a"]);
  });

  it("gives what came back before its time to those that wait", async () => {
    const slow = new SlowBackend();
    const llm = withLimit(slow.backend, { limits: [{ tokens: 1000 }] });
    void llm.generate(ask("1 a", { maxTokens: 900, seed: 5000 }));
    void llm.generate(ask("1 b", { maxTokens: 500 }));
    await vi.advanceTimersByTimeAsync(5001);
    expect(slow.begun.map(({ text }) => text)).toEqual(["1 a", "1 b"]);
  });

  it("tells a call that its turn comes too late as soon as that is known", async () => {
    const slow = new SlowBackend();
    const llm = withLimit(slow.backend, {
      limits: [{ tokens: 100, window: 10_000 }],
      estimate: ({ request }) => Number((request as any).messages[0].content),
      maxWait: 15_000,
    });
    void llm.generate(ask("100"));
    const all = Promise.allSettled(["90", "90"].map((text) => llm.generate(ask(text))));
    // The second would have to wait for another window when the first has had its turn.
    await vi.advanceTimersByTimeAsync(10_011);
    const [first, second] = await all;
    expect(first!.status).toBe("fulfilled");
    expect(second).toMatchObject({ reason: { kind: "rate-limit", message: expect.stringContaining("15 s at most") } });
  });

  it("listens to no signal any longer than it has to", async () => {
    const llm = withLimit(new SlowBackend().backend, { limits: [{ parallel: 1 }], maxWait: 50 });
    const { signal } = new AbortController();
    const all = Promise.allSettled([10, 10, 100, 10].map((seed) => llm.generate(ask("Hi", { seed, signal }))));
    expect(getEventListeners(signal, "abort").length).toBeGreaterThan(0);
    await vi.advanceTimersByTimeAsync(50);
    // One is under way, one was told that it has waited too long.
    expect(getEventListeners(signal, "abort")).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(200);
    await all;
    expect(getEventListeners(signal, "abort")).toHaveLength(3);
  });

  it("lets a call that does not wait pass nobody", async () => {
    const limiter = new MemoryLimiter();
    const slow = new SlowBackend();
    const options = {
      limiter,
      limits: [{ tokens: 100, window: 1000 }],
      estimate: ({ request }: any) => Number(request.messages[0].content),
    };
    const patient = withLimit(slow.backend, options);
    const hasty = withLimit(slow.backend, { ...options, whenFull: "fail" });
    void patient.generate(ask("60"));
    const big = patient.generate(ask("90"));
    await expect(hasty.generate(ask("10"))).rejects.toMatchObject({ kind: "rate-limit", retryAfter: 1001 });
    await vi.advanceTimersByTimeAsync(1002);
    await big;
    await hasty.generate(ask("10"));
  });
});
