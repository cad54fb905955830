import { collect, isLLMError, type LLMError, OPTIONAL_CALLS, withRetry } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryLimiter } from "./memory-limiter.js";
import type { WaitNotice } from "./options.js";
import { ask, SlowBackend } from "./testing/slow-backend.js";
import { withLimit } from "./with-limit.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.advanceTimersByTime(120_000);
  expect(vi.getTimerCount(), "timers that are left when nobody calls any more").toBe(0);
  vi.useRealTimers();
});

const failure = (call: Promise<unknown>) =>
  call.then(
    () => expect.fail("it did not fail"),
    (error: LLMError) => error,
  );

describe("a call for which there is no room", () => {
  it("fails at once, and says which limit it is and when to come back", async () => {
    const llm = withLimit(mockBackend(), { limits: [{ requests: 2, per: "key" }], whenFull: "fail" });
    const request = ask("Hi", { context: { key: "team-a" } });
    await llm.generate(request);
    await vi.advanceTimersByTimeAsync(20_000);
    await collect(llm.stream(request));
    const error = await failure(llm.generate(request));
    expect(error).toMatchObject({
      kind: "rate-limit",
      code: "llmux.limit",
      provider: "mock",
      model: "m",
      retryable: true,
      message: "The limit of 2 requests a minute per key is reached; there may be room in 40.1 s",
    });
    expect(error.retryAfter).toBeGreaterThan(40_000);
    expect(error.retryAfter).toBeLessThanOrEqual(40_060);
    expect(JSON.stringify(error)).not.toContain("team-a");
    await vi.advanceTimersByTimeAsync(error.retryAfter! - 61);
    expect(isLLMError(await failure(llm.generate(request)), "rate-limit")).toBe(true);
    await vi.advanceTimersByTimeAsync(61);
    await llm.generate(request);
    // Others are not under that key's.
    await llm.generate(ask("Hi", { context: { key: "team-b" } }));
  });

  it("waits until there is room, and the application is told", async () => {
    const notices: WaitNotice[] = [];
    const slow = new SlowBackend();
    const llm = withLimit(slow.backend, {
      limits: [{ requests: 1, window: 1000 }],
      onWait: (one) => notices.push(one),
    });
    const done = Promise.all(["a", "b", "c"].map((text) => llm.generate(ask(text))));
    expect(notices).toMatchObject([
      { limit: "1 request a second for mock", ahead: 0, wait: 1001, call: { kind: "generate", model: "m" } },
      { ahead: 1, wait: 1001 },
    ]);
    await vi.advanceTimersByTimeAsync(3000);
    await done;
    const [first, second, third] = slow.begun.map(({ at }) => at) as [number, number, number];
    expect(second - first).toBeGreaterThan(1000);
    expect(second - first).toBeLessThan(1003);
    expect(third - second).toBeGreaterThan(1000);
  });

  it("is tried again by a retry policy around it when there is room", async () => {
    const limits = [{ requests: 1, window: 5000 }];
    const llm = withRetry(withLimit(mockBackend(), { limits, whenFull: "fail" }));
    await llm.generate(ask("Hi"));
    const second = llm.generate(ask("Hi"));
    await vi.advanceTimersByTimeAsync(5010);
    expect((await second).text).toBe("Hello");
  });

  it("fails at once where it would have to wait too long, or too many of its caller wait", async () => {
    const options = { limits: [{ requests: 1, per: "key" as const }], maxWait: 30_000, maxQueue: 1 };
    const llm = withLimit(mockBackend(), options);
    await llm.generate(ask("Hi"));
    const error = await failure(llm.generate(ask("Hi")));
    expect(error).toMatchObject({
      kind: "rate-limit",
      message:
        "The limit of 1 request a minute per key is reached, and the call may wait 30 s at most; there may be room in 60.1 s",
    });
    await vi.advanceTimersByTimeAsync(40_000);
    const waiting = llm.generate(ask("Hi"));
    expect(await failure(llm.generate(ask("Hi")))).toMatchObject({
      message: expect.stringContaining("and 1 calls of the same caller wait already"),
    });
    await vi.advanceTimersByTimeAsync(20_100);
    await waiting;
  });

  it("fails when it has waited too long for others to end", async () => {
    const slow = new SlowBackend();
    const llm = withLimit(slow.backend, { limits: [{ parallel: 1 }], maxWait: 500 });
    const first = llm.generate(ask("a", { seed: 2000 }));
    const second = failure(llm.generate(ask("b")));
    await vi.advanceTimersByTimeAsync(600);
    expect(await second).toMatchObject({ kind: "rate-limit", retryAfter: 1000 });
    await vi.advanceTimersByTimeAsync(2000);
    await first;
    await llm.generate(ask("c"));
    expect(slow.begun.map(({ text }) => text)).toEqual(["a", "c"]);
  });

  it("is ended by an abort and by its own time limit, which both leave no trace", async () => {
    const slow = new SlowBackend();
    const llm = withLimit(slow.backend, { limits: [{ parallel: 1 }] });
    const first = llm.generate(ask("a", { seed: 1000 }));
    const controller = new AbortController();
    const second = failure(llm.generate(ask("b", { signal: controller.signal })));
    const third = failure(llm.generate(ask("c", { timeout: { total: 100 } })));
    const stream = llm.stream(ask("d"))[Symbol.asyncIterator]();
    const left = stream.next();
    expect((await llm.status())[0]).toMatchObject({ used: 1, waiting: 3 });
    controller.abort(new Error("no longer"));
    expect(await second).toMatchObject({ kind: "aborted", cause: { message: "no longer" } });
    await vi.advanceTimersByTimeAsync(101);
    expect(await third).toMatchObject({ kind: "timeout" });
    await stream.return!();
    expect(await left).toEqual({ done: true, value: undefined });
    expect((await llm.status())[0]).toMatchObject({ used: 1, waiting: 0 });
    expect(await failure(llm.generate(ask("e", { signal: AbortSignal.abort() })))).toMatchObject({ kind: "aborted" });
    await vi.advanceTimersByTimeAsync(1000);
    await first;
    expect((await llm.status())[0]).toMatchObject({ used: 0, remaining: 1, resetAfter: 0 });
    expect(slow.begun).toHaveLength(1);
  });
});

describe("what is under a limit", () => {
  it("is every call that the backend has", async () => {
    const all = Object.fromEntries(OPTIONAL_CALLS.map((name) => [name, async () => ({})]));
    const llm = withLimit({ ...mockBackend(), ...all }, { limits: [{ requests: 1 }], whenFull: "fail" });
    await llm.generate(ask("Hi"));
    for (const name of OPTIONAL_CALLS)
      expect(await failure((llm as any)[name]({})), name).toMatchObject({ code: "llmux.limit" });
    await expect(collect(llm.stream(ask("Hi")))).rejects.toMatchObject({ code: "llmux.limit" });
    expect("rerank" in withLimit(mockBackend(), { limits: [] })).toBe(false);
  });

  it("is told by per and for; what lacks a fact counts together, several tags count each", async () => {
    const llm = withLimit(mockBackend(), {
      limits: [
        { requests: 2, per: "tag", for: ({ kind }) => kind === "generate" },
        { requests: 1, per: ({ user }) => user, name: "by user" },
      ],
      whenFull: "fail",
    });
    const tagged = (...tags: string[]) => llm.generate(ask("Hi", { context: { tags } }));
    await tagged("a", "b");
    await tagged("b", "c", "c");
    expect((await failure(tagged("b"))).message).toContain("2 requests a minute per tag");
    await tagged("a");
    await llm.embed({ values: ["a"], context: { tags: ["b"] } });
    await tagged();
    await tagged();
    await failure(tagged());
    // The request's own user counts as the context's, and the function leaves those without out.
    await llm.embed({ values: ["a"], user: "u" });
    expect((await failure(llm.embed({ values: ["a"], context: { user: "u" } }))).message).toContain("a minute by user");
  });

  it("is all or none: what one limit refuses is not taken of the others", async () => {
    const llm = withLimit(mockBackend(), { limits: [{ requests: 5 }, { requests: 1, per: "key" }], whenFull: "fail" });
    for (let call = 0; call < 9; call++) await llm.generate(ask("Hi", { context: { key: "a" } })).catch(() => {});
    expect((await llm.status()).map(({ used }) => used)).toEqual([1, 0]);
  });

  it("may be decided by call, also later, and what makes no sense fails the call", async () => {
    const lists = { a: [{ requests: 1 }], b: [{ requests: 0 }] } as Record<string, { requests: number }[]>;
    const llm = withLimit(mockBackend(), {
      limits: ({ key = "" }) => (key === "c" ? [] : Promise.resolve(lists[key]!)),
      whenFull: "fail",
    });
    const as = (key: string) => llm.generate(ask("Hi", { context: { key } }));
    await as("a");
    expect(await failure(as("a"))).toMatchObject({ kind: "rate-limit" });
    expect(await failure(as("b"))).toMatchObject({ kind: "invalid-request", parameter: "limits[0].requests" });
    expect(await failure(as("d"))).toMatchObject({ kind: "invalid-request", parameter: "limits" });
    await as("c");
    await collect(llm.stream(ask("Hi", { context: { key: "c" } })));
  });

  it("is shared by those that share a limiter and a name", async () => {
    const limiter = memoryLimiter();
    const options = { limits: [{ requests: 1 }], limiter, whenFull: "fail" as const };
    const [east, west, again] = ["east", "west", "east"].map((name) => withLimit(mockBackend(), { ...options, name }));
    await east!.generate(ask("Hi"));
    await west!.generate(ask("Hi"));
    expect((await failure(again!.generate(ask("Hi")))).message).toContain("for east");
  });
});
