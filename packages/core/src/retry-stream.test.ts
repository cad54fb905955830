import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AdapterEvent } from "./adapter-backend.js";
import type { LLMBackend } from "./backend.js";
import { collect } from "./collect.js";
import { type RetryOptions, withRetry } from "./retry.js";
import type { StreamEvent } from "./stream-event.js";
import { countedSignal, errorOf, events, failure, HELLO, hosted, never, settle, thenHang } from "./testing/fakes.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** A backend whose attempts give these events and then throw; what is no error is the last event given. */
function attempts(...plans: (AdapterEvent | Error)[][]): LLMBackend & { count: number } {
  const counter = { count: 0 };
  const backend = hosted({
    async *stream() {
      for (const step of plans[counter.count++] ?? []) {
        if (step instanceof Error) throw step;
        yield step;
      }
    },
  });
  return Object.defineProperty(backend, "count", { get: () => counter.count }) as LLMBackend & { count: number };
}

async function run(backend: LLMBackend, options?: RetryOptions): Promise<{ seen: StreamEvent[]; error?: any }> {
  const seen: StreamEvent[] = [];
  const done = (async () => {
    try {
      for await (const event of withRetry(backend, options).stream(HELLO)) seen.push(event);
      return { seen };
    } catch (error) {
      return { seen, error };
    }
  })();
  await vi.runAllTimersAsync();
  return done;
}

const START: AdapterEvent = { type: "start", response: {} };

describe("a retried stream", () => {
  it("begins again when it fails before its first content, and hands its start over once", async () => {
    const backend = attempts([failure()], [START, failure("connection")], events("hello"));
    const { seen, error } = await run(backend);
    expect(error).toBeUndefined();
    expect(backend.count).toBe(3);
    expect(seen.map(({ type }) => type)).toEqual(["start", "text-start", "text-delta", "text-end", "finish"]);
  });

  it("retries a stream that ends before it has said anything", async () => {
    const backend = attempts([START], events("hello"));
    expect((await run(backend)).seen).toHaveLength(5);
    expect(backend.count).toBe(2);
  });

  it("never begins again once content has been handed over, wherever it fails", async () => {
    const whole = events("a", "b", "c");
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 3 }), async (cut, before) => {
        const plans = Array.from({ length: before }, (): (AdapterEvent | Error)[] => [START, failure()]);
        const backend = attempts(...plans, [...whole.slice(0, cut), failure("connection")], whole);
        const { seen, error } = await run(backend);
        if (cut <= 1) {
          expect(error).toBeUndefined();
          expect(seen).toHaveLength(whole.length);
        } else {
          expect(error).toMatchObject({ kind: "connection" });
          expect(backend.count).toBe(before + 1);
          expect(seen).toHaveLength(cut);
        }
        expect(seen.filter(({ type }) => type === "start")).toHaveLength(1);
      }),
    );
  });

  it("gives up after the last retry with the last error, and is over then", async () => {
    const backend = attempts([failure("overloaded")], [failure("server")], [failure("connection")]);
    const stream = withRetry(backend, { retries: 2 }).stream(HELLO)[Symbol.asyncIterator]();
    const first = stream.next().catch((error: unknown) => error);
    await vi.runAllTimersAsync();
    expect(await first).toMatchObject({ kind: "connection" });
    expect(backend.count).toBe(3);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it("makes no attempt before it is iterated", async () => {
    const backend = attempts(events("x"));
    withRetry(backend).stream(HELLO);
    await settle();
    expect(backend.count).toBe(0);
  });

  it("ends a wait at once when the caller aborts", async () => {
    const { controller, listeners } = countedSignal();
    const backend = attempts([failure()], events("x"));
    const failed = errorOf(withRetry(backend).stream({ ...HELLO, signal: controller.signal }));
    await settle();
    controller.abort();
    expect((await failed).kind).toBe("aborted");
    expect(backend.count).toBe(1);
    expect(listeners()).toBe(0);
  });

  it("can be left during a wait: no attempt follows and whoever waits is told that it is over", async () => {
    const backend = attempts([failure()], events("x"));
    const stream = withRetry(backend).stream(HELLO)[Symbol.asyncIterator]();
    const pending = stream.next();
    await settle();
    expect(vi.getTimerCount()).toBe(1);
    await stream.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(vi.getTimerCount()).toBe(0);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(backend.count).toBe(1);
  });

  it("can be left during an attempt, which cancels it", async () => {
    let signal: AbortSignal | undefined;
    const backend = hosted({
      stream(_request, context) {
        signal = context.signal;
        return thenHang([START], context);
      },
    });
    const stream = withRetry(backend).stream(HELLO)[Symbol.asyncIterator]();
    const pending = stream.next();
    await settle();
    await stream.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(signal?.aborted).toBe(true);
  });

  it("cancels the request when the loop is left after content", async () => {
    let signal: AbortSignal | undefined;
    const backend = hosted({
      stream(_request, context) {
        signal = context.signal;
        return thenHang(events("a").slice(0, 3), context);
      },
    });
    for await (const event of withRetry(backend).stream(HELLO)) if (event.type === "text-delta") break;
    expect(signal?.aborted).toBe(true);
  });

  it("does nothing at all when it is left before it was begun", async () => {
    const backend = attempts(events("x"));
    const stream = withRetry(backend).stream(HELLO)[Symbol.asyncIterator]();
    await stream.return?.();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(backend.count).toBe(0);
  });

  it("retries where the first event does not come in time, and keeps the total over all attempts", async () => {
    let count = 0;
    const backend = hosted({
      async *stream() {
        if (++count === 1) await never;
        yield* events("late");
      },
    });
    const timeout = { firstEvent: 1000, total: 60_000 };
    const done = collect(withRetry(backend).stream({ ...HELLO, timeout }));
    await vi.runAllTimersAsync();
    expect((await done).text).toBe("late");
    count = 0;
    const failed = errorOf(withRetry(backend).stream({ ...HELLO, timeout: { firstEvent: 1000, total: 5000 } }));
    await vi.runAllTimersAsync();
    expect(await failed).toMatchObject({ kind: "timeout", message: "Timed out after 5000 ms (whole call)" });
    expect(count).toBe(1);
  });

  it("answers calls of next that do not wait for each other in their order", async () => {
    const backend = attempts([failure()], events("a", "b"));
    const stream = withRetry(backend).stream(HELLO)[Symbol.asyncIterator]();
    const all = Promise.all(Array.from({ length: 8 }, () => stream.next()));
    await vi.runAllTimersAsync();
    expect((await all).map(({ done, value }) => (done ? "done" : (value as StreamEvent).type))).toEqual([
      "start",
      "text-start",
      "text-delta",
      "text-delta",
      "text-end",
      "finish",
      "done",
      "done",
    ]);
  });
});
