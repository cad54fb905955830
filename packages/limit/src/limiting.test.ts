import { collect, LLMError, type LLMErrorKind } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
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
    const level = async () => (await llm.status())[0]!.used;
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
      expect((await llm.status())[0]!.used).toBe(reserved);
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
    expect((await llm.status())[0]!.used).toBe(stay ? 105 : 0);
  });

  it("of a reply that came and could not be used are those that its error says", async () => {
    const error = new LLMError({ kind: "malformed-response", message: "no JSON", usage: usage(10, 20) });
    const limits = [{ tokens: 1000 }];
    const whole = withLimit(mockBackend(error), { limits });
    await failure(whole.generate(ask("Hi", { maxTokens: 100 })));
    expect((await whole.status())[0]!.used).toBe(30);
    const streamed = withLimit(mockBackend({ text: "x".repeat(400), error }), { limits });
    await failure(collect(streamed.stream(ask("Hi", { maxTokens: 900 }))));
    expect((await streamed.status())[0]!.used).toBe(30);
  });

  it("of a stream that is cut or left are what had come of it", async () => {
    const text = "x".repeat(400);
    const cut = withLimit(mockBackend({ text, error: new LLMError({ kind: "connection", message: "cut" }) }), {
      limits: [{ tokens: 1000 }, { parallel: 1 }],
    });
    await collect(cut.stream(ask("Hi", { maxTokens: 900 }))).catch(() => {});
    expect((await cut.status()).map(({ used }) => used)).toEqual([105, 0]);
    const left = withLimit(mockBackend({ text }), { limits: [{ tokens: 1000 }, { parallel: 1 }] });
    for await (const { type } of left.stream(ask("Hi", { maxTokens: 900 }))) if (type === "text-delta") break;
    const [tokens, parallel] = await left.status();
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
    const [after, slots] = await left.status();
    expect(after!.used).toBeGreaterThan(before);
    expect(slots!.used).toBe(0);
  });

  it("are not miscounted for requests and answers that make no sense", async () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, -1000, "5", null] as number[];
    for (const total of odd) {
      const llm = withLimit(mockBackend({ text: "Hello", usage: usage(total, total) }), { limits: [{ tokens: 100 }] });
      await llm.generate(ask("Hi", { maxTokens: total }));
      // As it was reserved: nothing is known of what it took.
      expect((await llm.status())[0]).toMatchObject({ used: 100, remaining: 0 });
    }
    const llm = withLimit(mockBackend(), { limits: [{ tokens: 100 }, { requests: 9, per: "tag" }] });
    const request = { messages: undefined, context: { tags: "a" } } as never;
    await llm.generate(request);
    await llm.embed({ values: [undefined, { type: "text" }] } as never).catch(() => {});
    await llm.embed({ values: 5 } as never).catch(() => {});
    expect((await llm.status())[0]!.used).toBeLessThanOrEqual(100);
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
    expect((await llm.status())[0]!.used).toBe(3);
  });
});
