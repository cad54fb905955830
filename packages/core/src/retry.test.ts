import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LLMBackend } from "./backend.js";
import { LLMError, type LLMErrorKind } from "./errors.js";
import type { GenerateResult } from "./result.js";
import { type RetryNotice, type RetryOptions, RetryPolicy, withRetry } from "./retry.js";
import { answer, countedSignal, errorOf, failure, HELLO, hosted, never, settle } from "./testing/fakes.js";

/** A backend whose first calls fail with these errors, and whose further ones answer. */
function flaky(errors: readonly unknown[]): LLMBackend & { attempts: number[] } {
  const attempts: number[] = [];
  const call = async (): Promise<any> => {
    const error = errors[attempts.length];
    attempts.push(Date.now());
    if (error) throw error;
    return { text: "done" } as GenerateResult;
  };
  return {
    provider: "flaky",
    attempts,
    generate: call,
    embed: call,
    listModels: call,
    countTokens: call,
    stream: () => {
      throw new Error("not here");
    },
  };
}

/** Runs a call under fake timers to its end. */
async function finish(run: Promise<unknown>): Promise<{ value?: unknown; error?: any }> {
  const outcome = run.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  await vi.runAllTimersAsync();
  return outcome;
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-01-01T00:00:00Z") });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const RETRIED: LLMErrorKind[] = ["rate-limit", "overloaded", "server", "connection", "timeout"];
const FINAL: LLMErrorKind[] = [
  "authentication",
  "permission",
  "not-found",
  "invalid-request",
  "context-window-exceeded",
  "content-policy",
  "quota-exceeded",
  "aborted",
  "malformed-response",
  "unsupported",
  "budget-exceeded",
];

describe("withRetry", () => {
  it.each(RETRIED)("tries again after %s", async (kind) => {
    const backend = flaky([failure(kind)]);
    expect(await finish(withRetry(backend).generate(HELLO))).toEqual({ value: { text: "done" } });
    expect(backend.attempts).toHaveLength(2);
  });

  it.each(FINAL)("does not try again after %s", async (kind) => {
    const backend = flaky([failure(kind)]);
    const { error } = await finish(withRetry(backend).generate(HELLO));
    expect(error).toMatchObject({ kind, message: `${kind} it is` });
    expect(backend.attempts).toHaveLength(1);
  });

  it("goes by what the error says of itself, and never retries what is no LLMError", async () => {
    const dns = flaky([failure("connection", { retryable: false })]);
    await finish(withRetry(dns).generate(HELLO));
    expect(dns.attempts).toHaveLength(1);
    const bug = flaky([new TypeError("a bug")]);
    expect((await finish(withRetry(bug).generate(HELLO))).error).toBeInstanceOf(TypeError);
    expect(bug.attempts).toHaveLength(1);
  });

  it("has the mission's defaults: eight retries, 15 to 120 seconds", async () => {
    const backend = flaky(Array.from({ length: 20 }, () => failure()));
    const notices: RetryNotice[] = [];
    const { error } = await finish(withRetry(backend, { onRetry: (notice) => notices.push(notice) }).generate(HELLO));
    expect(error).toMatchObject({ kind: "overloaded" });
    expect(backend.attempts).toHaveLength(9);
    expect(notices.map(({ attempt, attempts }) => `${attempt} of ${attempts}`)).toEqual(
      [2, 3, 4, 5, 6, 7, 8, 9].map((attempt) => `${attempt} of 9`),
    );
    for (const { wait } of notices) expect(wait).toBeGreaterThanOrEqual(15_000);
    for (const { wait } of notices) expect(wait).toBeLessThanOrEqual(120_000);
  });

  it("waits as it says: never under min nor over max, as often as asked, growing as it goes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          retries: fc.integer({ min: 0, max: 12 }),
          minWait: fc.integer({ min: 0, max: 60_000 }),
          span: fc.integer({ min: 0, max: 300_000 }),
          failures: fc.integer({ min: 0, max: 15 }),
        }),
        async ({ retries, minWait, span, failures }) => {
          const maxWait = minWait + span;
          const notices: RetryNotice[] = [];
          const backend = flaky(Array.from({ length: failures }, () => failure("rate-limit")));
          const { value, error } = await finish(
            withRetry(backend, { retries, minWait, maxWait, onRetry: (notice) => notices.push(notice) }).generate(
              HELLO,
            ),
          );
          expect(backend.attempts).toHaveLength(Math.min(failures, retries) + 1);
          expect(value === undefined).toBe(failures > retries);
          expect(error === undefined).toBe(failures <= retries);
          notices.forEach((notice, index) => {
            const gap = (backend.attempts[index + 1] as number) - (backend.attempts[index] as number);
            // A timer counts whole milliseconds.
            expect(Math.abs(gap - notice.wait)).toBeLessThanOrEqual(1);
            expect(notice.wait).toBeGreaterThanOrEqual(minWait);
            expect(notice.wait).toBeLessThanOrEqual(maxWait);
            expect(notice.wait).toBeLessThanOrEqual(Math.max(minWait, (minWait || 1000) * 2 ** (index + 1)));
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("spreads its waits over the whole range", () => {
    const policy = new RetryPolicy({ minWait: 1000, maxWait: 8000 });
    const random = vi.spyOn(Math, "random");
    const waits = (tried: number): number[] =>
      [0, 0.5, 0.999_999].map((value) => {
        random.mockReturnValueOnce(value);
        return Math.round(policy.waitAfter(failure(), tried));
      });
    expect(waits(1)).toEqual([1000, 1500, 2000]);
    expect(waits(2)).toEqual([1000, 2500, 4000]);
    expect(waits(3)).toEqual([1000, 4500, 8000]);
    expect(waits(2000)).toEqual([1000, 4500, 8000]);
    random.mockRestore();
  });

  it("backs off even where there is no shortest wait", () => {
    const policy = new RetryPolicy({ minWait: 0, maxWait: 60_000 });
    const most = [1, 2, 3].map((tried) =>
      Math.max(...Array.from({ length: 200 }, () => policy.waitAfter(failure(), tried))),
    );
    expect(most[0]).toBeGreaterThan(0);
    expect(most[2]).toBeGreaterThan(most[0] as number);
  });

  it("waits exactly as long as the server asks, even under the shortest wait", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 120_000 }), async (retryAfter) => {
        const backend = flaky([failure("rate-limit", { retryAfter })]);
        await finish(withRetry(backend).generate(HELLO));
        expect((backend.attempts[1] as number) - (backend.attempts[0] as number)).toBe(retryAfter);
      }),
      { numRuns: 40 },
    );
  });

  it("fails at once where the server asks for more than the longest wait, and says when to come back", async () => {
    const backend = flaky([failure("rate-limit", { retryAfter: 3_600_000, status: 429, requestId: "r1" })]);
    const onRetry = vi.fn();
    const error = await errorOf(withRetry(backend, { onRetry }).generate(HELLO));
    expect(error).toMatchObject({ kind: "rate-limit", status: 429, requestId: "r1", retryAfter: 3_600_000 });
    expect(error.message).toContain("rate-limit it is");
    expect(error.message).toContain("3600 s");
    expect(error.message).toContain("2026-01-01T01:00:00.000Z");
    expect(onRetry).not.toHaveBeenCalled();
    expect(backend.attempts).toHaveLength(1);
  });

  it("tells a wait of a second from one of half a second", async () => {
    const backend = flaky([failure("rate-limit", { retryAfter: 1000 })]);
    const { message } = await errorOf(withRetry(backend, { minWait: 0, maxWait: 500 }).generate(HELLO));
    expect(message).toContain("asks to wait 1 s, more than the longest wait of 0.5 s");
  });

  it("stands a server that asks to wait for ever", async () => {
    const backend = flaky([failure("rate-limit", { retryAfter: 1e18 })]);
    expect((await errorOf(withRetry(backend).generate(HELLO))).message).toContain("come back at");
  });

  it("tells the listener before the wait what failed, which attempt comes, and when", async () => {
    const error = failure("overloaded", { retryAfter: 20_000, model: "m1" });
    const onRetry = vi.fn();
    const run = withRetry(flaky([error]), { retries: 3, onRetry }).generate({ ...HELLO, model: "acme/m1" });
    await settle();
    expect(onRetry).toHaveBeenCalledExactlyOnceWith({
      error,
      attempt: 2,
      attempts: 4,
      wait: 20_000,
      at: new Date("2026-01-01T00:00:20Z"),
      model: "acme/m1",
    });
    await finish(run);
  });

  it("lets a listener end the call by throwing", async () => {
    const backend = flaky([failure()]);
    const stop = new Error("enough");
    const run = withRetry(backend, {
      onRetry: () => {
        throw stop;
      },
    }).generate(HELLO);
    expect((await finish(run)).error).toBe(stop);
    expect(backend.attempts).toHaveLength(1);
  });

  it("ends a wait at once when the caller aborts", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 14_999 }), fc.integer({ min: 1, max: 8 }), async (into, failures) => {
        const { controller, listeners } = countedSignal();
        const backend = flaky(Array.from({ length: 20 }, () => failure("server", { retryAfter: 15_000 })));
        const run = errorOf(withRetry(backend).generate({ ...HELLO, signal: controller.signal }));
        await vi.advanceTimersByTimeAsync((failures - 1) * 15_000 + into);
        expect(backend.attempts).toHaveLength(failures);
        controller.abort(new Error("the user left"));
        // No timer runs between the abort and the answer.
        const error = await run;
        expect(error.kind).toBe("aborted");
        expect((error.cause as Error).message).toBe("the user left");
        expect(listeners()).toBe(0);
        expect(vi.getTimerCount()).toBe(0);
        expect(backend.attempts).toHaveLength(failures);
      }),
      { numRuns: 30 },
    );
  });

  it("leaves no listener behind after waits that ran their course", async () => {
    const { controller, listeners } = countedSignal();
    await finish(withRetry(flaky([failure(), failure()])).generate({ ...HELLO, signal: controller.signal }));
    expect(listeners()).toBe(0);
  });

  it("retries embeddings, lists and counts as well, and adds no method that is not there", async () => {
    const calls = ["embed", "listModels", "countTokens"] as const;
    for (const name of calls) {
      const backend = flaky([failure()]);
      const retrying = withRetry(backend) as Required<LLMBackend>;
      expect((await finish((retrying[name] as (request: object) => Promise<unknown>)(HELLO))).value).toBeDefined();
      expect(backend.attempts).toHaveLength(2);
    }
    const { provider, generate, stream } = flaky([]);
    expect(withRetry({ provider, generate, stream } as LLMBackend)).not.toHaveProperty("embed");
  });

  it("spans all attempts with the request's total timeout", async () => {
    const backend = flaky(Array.from({ length: 20 }, () => failure("server", { retryAfter: 15_000 })));
    const run = finish(withRetry(backend).generate({ ...HELLO, timeout: { total: 40_000 } }));
    expect((await run).error).toMatchObject({ kind: "timeout", message: "Timed out after 40000 ms (whole call)" });
    expect(backend.attempts).toHaveLength(3);
  });

  it("retries an attempt whose answer did not come in time", async () => {
    let attempts = 0;
    const backend = hosted({ generate: async () => (++attempts === 1 ? never : answer("late")) });
    const { value } = await finish(
      withRetry(backend).generate({ ...HELLO, timeout: { firstEvent: 5000, total: 100_000 } }),
    );
    expect(value).toMatchObject({ text: "late" });
    expect(attempts).toBe(2);
  });

  it.each<[RetryOptions, string]>([
    [{ retries: -1 }, "retries"],
    [{ retries: 1.5 }, "retries"],
    [{ retries: Number.NaN }, "retries"],
    [{ minWait: -1 }, "minWait"],
    [{ minWait: Number.NaN }, "minWait"],
    [{ minWait: 10, maxWait: 5 }, "maxWait"],
    [{ maxWait: Number.POSITIVE_INFINITY }, "maxWait"],
    [{ maxWait: 2 ** 31 }, "maxWait"],
  ])("refuses %o", (options, parameter) => {
    expect(() => withRetry(flaky([]), options)).toThrow(
      expect.objectContaining({ kind: "invalid-request", parameter }),
    );
    expect(() => withRetry(flaky([]), options)).toThrow(LLMError);
  });

  it("takes one bound alone, whichever side of the other's default it lies", () => {
    expect(new RetryPolicy({ maxWait: 5000 })).toMatchObject({ minWait: 5000, maxWait: 5000 });
    expect(new RetryPolicy({ minWait: 200_000 })).toMatchObject({ minWait: 200_000, maxWait: 200_000 });
  });
});
