import { collect, isLLMError, LLMError, type LLMErrorKind, OPTIONAL_CALLS, withRetry } from "@llmux/core";
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

const usage = (input: number, output: number) => ({
  inputTokens: { total: input, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: output, reasoning: undefined },
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
    expect((await llm.limitStatus())[0]).toMatchObject({ used: 1, waiting: 3 });
    controller.abort(new Error("no longer"));
    expect(await second).toMatchObject({ kind: "aborted", cause: { message: "no longer" } });
    await vi.advanceTimersByTimeAsync(101);
    expect(await third).toMatchObject({ kind: "timeout" });
    await stream.return!();
    expect(await left).toEqual({ done: true, value: undefined });
    expect((await llm.limitStatus())[0]).toMatchObject({ used: 1, waiting: 0 });
    expect(await failure(llm.generate(ask("e", { signal: AbortSignal.abort() })))).toMatchObject({ kind: "aborted" });
    await vi.advanceTimersByTimeAsync(1000);
    await first;
    expect((await llm.limitStatus())[0]).toMatchObject({ used: 0, remaining: 1, resetAfter: 0 });
    expect(slow.begun).toHaveLength(1);
  });
});

describe("tokens", () => {
  it("are reserved before and put right after, both ways", async () => {
    let used = usage(10, 20);
    const llm = withLimit(
      mockBackend(() => ({ text: "Hello", usage: used })),
      {
        limits: [{ tokens: 1000 }],
        whenFull: "fail",
      },
    );
    const level = async () => (await llm.limitStatus())[0]!.used;
    await llm.generate(ask("Hi", { maxTokens: 800 }));
    expect(await level()).toBe(30);
    used = usage(400, 500);
    await collect(llm.stream(ask("Hi", { maxTokens: 100 })));
    expect(await level()).toBe(930);
    const error = await failure(llm.generate(ask("Hi", { maxTokens: 100 })));
    expect(error.message).toMatch(/^The limit of 1000 tokens a minute for mock is reached/);
    await vi.advanceTimersByTimeAsync(60_060);
    expect(await level()).toBe(0);
  });

  it("are those of a guess where the request does not limit its answer, but never more than there are", async () => {
    let release = () => {};
    const backend = mockBackend(() => new Promise<string>((resolve) => (release = () => resolve("Hello"))));
    for (const [limit, reserved] of [
      [10_000, 205],
      [100, 100],
    ] as const) {
      const llm = withLimit(backend, { limits: [{ tokens: limit }], expectedOutput: 200 });
      const call = llm.generate(ask("Hi"));
      expect((await llm.limitStatus())[0]!.used).toBe(reserved);
      await vi.advanceTimersByTimeAsync(1);
      release();
      await call;
    }
  });

  it("of a call that there never is room for are refused at once, so that another deployment may take it", async () => {
    const slow = new SlowBackend();
    const llm = withLimit(slow.backend, { limits: [{ tokens: 100, per: ["key", "model"] }] });
    expect(await failure(llm.generate(ask("Hi", { maxTokens: 96 })))).toMatchObject({
      kind: "unsupported",
      code: "llmux.limit",
      retryable: false,
      message:
        "The call asks for up to 101 tokens, more than the limit of 100 tokens a minute per key and model ever lets through",
    });
    await expect(collect(llm.stream(ask("x".repeat(500))))).rejects.toMatchObject({ kind: "unsupported" });
    expect(slow.begun).toEqual([]);
  });

  it.each<[LLMErrorKind, boolean]>([
    ["rate-limit", false],
    ["invalid-request", false],
    ["timeout", true],
    ["connection", true],
  ])("stay reserved after a failure only where the provider may have done its work: %s, %s", async (kind, stay) => {
    const llm = withLimit(
      mockBackend(() => new LLMError({ kind, message: "no" })),
      { limits: [{ tokens: 1000 }] },
    );
    await llm.generate(ask("Hi", { maxTokens: 100 })).catch(() => {});
    expect((await llm.limitStatus())[0]!.used).toBe(stay ? 105 : 0);
  });

  it("of a stream that is cut or left are what had come of it", async () => {
    const text = "x".repeat(400);
    const cut = withLimit(mockBackend({ text, error: new LLMError({ kind: "connection", message: "cut" }) }), {
      limits: [{ tokens: 1000 }, { parallel: 1 }],
    });
    await collect(cut.stream(ask("Hi", { maxTokens: 900 }))).catch(() => {});
    expect((await cut.limitStatus()).map(({ used }) => used)).toEqual([105, 0]);
    const left = withLimit(mockBackend({ text }), { limits: [{ tokens: 1000 }, { parallel: 1 }] });
    for await (const { type } of left.stream(ask("Hi", { maxTokens: 900 }))) if (type === "text-delta") break;
    const [tokens, parallel] = await left.limitStatus();
    expect(tokens!.used).toBeGreaterThan(5);
    expect(tokens!.used).toBeLessThanOrEqual(105);
    expect(parallel!.used).toBe(0);
    // One that is left before anything came took none, and one that stops reading at the end holds nothing.
    const unread = left.stream(ask("Hi", { maxTokens: 100 }))[Symbol.asyncIterator]();
    const before = tokens!.used;
    await unread.next();
    await unread.return!();
    for (const iterator = left.stream(ask("Hi", { maxTokens: 1 }))[Symbol.asyncIterator](); ; ) {
      const { value } = await iterator.next();
      if (value?.type === "finish") break;
    }
    const [after, slots] = await left.limitStatus();
    expect(after!.used).toBeGreaterThan(before);
    expect(slots!.used).toBe(0);
  });

  it("are counted by an estimate of the application's own, and for other calls by their texts", async () => {
    const own = withLimit(mockBackend(), {
      limits: [{ tokens: 50 }],
      estimate: ({ key }) => (key === "big" ? 51 : 5.5),
    });
    expect(await failure(own.generate(ask("Hi", { context: { key: "big" } })))).toMatchObject({ kind: "unsupported" });
    await own.generate(ask("Hi"));
    const wrong = withLimit(mockBackend(), { limits: [{ tokens: 50 }], estimate: () => Number.NaN });
    expect(await failure(wrong.generate(ask("Hi")))).toMatchObject({ kind: "invalid-request", parameter: "estimate" });
    const llm = withLimit(mockBackend(), { limits: [{ tokens: 50 }] });
    expect(await failure(llm.embed({ values: ["x".repeat(100), "x".repeat(104)] }))).toMatchObject({
      message: expect.stringContaining("up to 51 tokens"),
    });
    await llm.embed({ values: ["one two three"] });
    expect((await llm.limitStatus())[0]!.used).toBe(3);
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
    expect((await llm.limitStatus()).map(({ used }) => used)).toEqual([1, 0]);
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
