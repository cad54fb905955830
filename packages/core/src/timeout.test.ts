import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LLMBackend } from "./backend.js";
import { collect } from "./collect.js";
import { createLLM } from "./create-llm.js";
import { fromEnv } from "./from-env.js";
import type { Timeouts } from "./request.js";
import { withRetry } from "./retry.js";
import type { StreamEvent } from "./stream-event.js";
import {
  answer,
  countedSignal,
  errorOf,
  events,
  failure,
  fakeAdapter,
  HELLO,
  hosted,
  never,
  settle,
  thenHang,
} from "./testing/fakes.js";
import { withTimeout } from "./timeout.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Events with a wait before each. */
async function* slowly(waits: readonly number[], given: readonly any[]): AsyncGenerator<any, void, void> {
  for (const [index, event] of given.entries()) {
    const wait = waits[index] ?? 0;
    if (wait > 0) await sleep(wait);
    yield event;
  }
}

/** The same limits, enforced by the adapter's host for one request, or by the middleware for all. */
const WAYS: [string, (backend: LLMBackend, timeout: Timeouts) => LLMBackend][] = [
  [
    "a request's own limits",
    (backend, timeout) => ({
      ...backend,
      generate: (request) => backend.generate({ ...request, timeout }),
      stream: (request) => backend.stream({ ...request, timeout }),
    }),
  ],
  ["withTimeout", withTimeout],
  ["createLLM", (backend, timeout) => llmOver(backend, { timeout })],
  [
    "a request's own limits around retries",
    (backend, timeout) => {
      const llm = withRetry(backend, {
        retries: 1,
        onRetry: ({ error }) => {
          throw error;
        },
      });
      return {
        ...llm,
        generate: (request) => llm.generate({ ...request, timeout }),
        stream: (request) => llm.stream({ ...request, timeout }),
      };
    },
  ],
];

function llmOver(backend: LLMBackend, options: object): LLMBackend {
  const adapter = {
    ...fakeAdapter(),
    id: "acme",
    name: "Acme",
    aliases: [],
    models: ["m"],
    createBackend: () => backend,
  };
  return createLLM({ adapters: [adapter as never], ...options });
}

describe.each(WAYS)("%s", (_, limited) => {
  const fails = async (run: Promise<unknown> | AsyncIterable<StreamEvent>): Promise<string> => {
    const failed = errorOf(run);
    await vi.runAllTimersAsync();
    const error = await failed;
    expect(error.kind).toBe("timeout");
    return error.message;
  };

  it("limits the wait for an answer, and leaves an SDK that ignores its signal", async () => {
    const backend = hosted({ generate: () => never });
    expect(await fails(limited(backend, { firstEvent: 70 }).generate(HELLO))).toBe("Timed out after 70 ms (answer)");
    expect(await fails(limited(backend, { total: 90 }).generate(HELLO))).toBe("Timed out after 90 ms (whole call)");
  });

  it("limits the wait for a stream's first content; a start alone is none", async () => {
    const backend = hosted({ stream: () => slowly([0, 500], events("x")) });
    expect(await fails(limited(backend, { firstEvent: 100 }).stream(HELLO))).toBe(
      "Timed out after 100 ms (first event)",
    );
    const slow = hosted({ stream: () => slowly([90, 90], events("x")) });
    expect(await fails(limited(slow, { firstEvent: 100 }).stream(HELLO))).toBe("Timed out after 100 ms (first event)");
  });

  it("limits the waits between events, not the first one", async () => {
    const backend = hosted({ stream: () => slowly([500, 0, 99, 99, 101], events("x", "y")) });
    expect(await fails(limited(backend, { betweenEvents: 100 }).stream(HELLO))).toBe(
      "Timed out after 100 ms (between events)",
    );
    const fine = hosted({ stream: () => slowly([500, 0, 99, 99, 99, 99], events("x", "y")) });
    const done = collect(limited(fine, { betweenEvents: 100 }).stream(HELLO));
    await vi.runAllTimersAsync();
    expect((await done).text).toBe("xy");
  });

  it("limits the whole of a stream", async () => {
    const backend = hosted({ stream: () => slowly([50, 50, 50, 50, 50], events("x", "y")) });
    expect(await fails(limited(backend, { total: 160, betweenEvents: 60, firstEvent: 60 }).stream(HELLO))).toBe(
      "Timed out after 60 ms (first event)",
    );
    expect(await fails(limited(backend, { total: 160 }).stream(HELLO))).toBe("Timed out after 160 ms (whole call)");
  });

  it("tells the adapter of a timeout through its signal", async () => {
    let signal: AbortSignal | undefined;
    const backend = hosted({
      stream(_request, context) {
        signal = context.signal;
        return thenHang(events("x").slice(0, 3), context);
      },
    });
    await fails(limited(backend, { betweenEvents: 10 }).stream(HELLO));
    expect(signal?.aborted).toBe(true);
  });

  it("holds no timer and no listener after a call that went well", async () => {
    const { controller, listeners } = countedSignal();
    const backend = hosted({ stream: () => slowly([1, 1, 1], events("x")) });
    const timed = limited(backend, { total: 1000, firstEvent: 1000, betweenEvents: 1000 });
    const request = { ...HELLO, signal: controller.signal };
    await timed.generate(request);
    expect(vi.getTimerCount()).toBe(0);
    const done = collect(timed.stream(request));
    await vi.advanceTimersByTimeAsync(10);
    await done;
    expect(vi.getTimerCount()).toBe(0);
    for await (const _event of limited(hosted(), { total: 1000 }).stream(request)) break;
    expect(vi.getTimerCount()).toBe(0);
    expect(listeners()).toBe(0);
  });

  it("begins nothing for a signal that had fired", async () => {
    const generate = vi.fn(async () => answer("x"));
    const stream = vi.fn(() => slowly([], events("x")));
    const timed = limited(hosted({ generate, stream }), { total: 1000 });
    const request = { ...HELLO, signal: AbortSignal.abort() };
    expect((await errorOf(timed.generate(request))).kind).toBe("aborted");
    expect((await errorOf(timed.stream(request))).kind).toBe("aborted");
    expect(generate).not.toHaveBeenCalled();
    expect(stream).not.toHaveBeenCalled();
  });
});

describe("withTimeout", () => {
  it("gives way to a request's own limits, field by field", async () => {
    const backend = withTimeout(hosted({ generate: () => never }), { total: 50, firstEvent: 30 });
    const own = errorOf(backend.generate({ ...HELLO, timeout: { firstEvent: 40 } }));
    await vi.runAllTimersAsync();
    expect((await own).message).toBe("Timed out after 40 ms (answer)");
    const longer = errorOf(backend.generate({ ...HELLO, timeout: { firstEvent: 500 } }));
    await vi.runAllTimersAsync();
    expect((await longer).message).toBe("Timed out after 50 ms (whole call)");
  });

  it("limits embeddings, lists and counts too", async () => {
    const backend = withTimeout(hosted({ embed: () => never, listModels: () => never, countTokens: () => never }), {
      firstEvent: 5,
    }) as Required<LLMBackend>;
    for (const run of [
      () => backend.embed({ model: "m", values: ["a"] }),
      () => backend.listModels(),
      () => backend.countTokens(HELLO),
    ]) {
      const failed = errorOf(run());
      await vi.runAllTimersAsync();
      expect((await failed).kind).toBe("timeout");
    }
  });

  it("ends a stream that is left while it waits", async () => {
    const backend = withTimeout(
      hosted({
        stream: () =>
          (async function* () {
            await never;
          })() as never,
      }),
      { total: 50 },
    );
    const stream = backend.stream(HELLO)[Symbol.asyncIterator]();
    const pending = stream.next();
    await settle();
    await stream.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it("begins nothing where a stream is left before it was begun", async () => {
    const open = vi.fn(() => slowly([], events("x")));
    const stream = withTimeout(hosted({ stream: open }), { total: 50 })
      .stream(HELLO)
      [Symbol.asyncIterator]();
    await stream.return?.();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(open).not.toHaveBeenCalled();
  });

  it("answers calls of next that do not wait for each other in their order", async () => {
    const backend = withTimeout(hosted({ stream: () => slowly([1, 1, 1, 1, 1, 1], events("a", "b")) }), {
      betweenEvents: 5,
      firstEvent: 5,
    });
    const stream = backend.stream(HELLO)[Symbol.asyncIterator]();
    const all = Promise.all(Array.from({ length: 7 }, () => stream.next()));
    await vi.runAllTimersAsync();
    expect((await all).map(({ value }) => value?.type)).toEqual([
      "start",
      "text-start",
      "text-delta",
      "text-delta",
      "text-end",
      "finish",
      undefined,
    ]);
  });
});

describe("fromEnv's total", () => {
  it("spans the retries, waits included", async () => {
    let attempts = 0;
    const adapter = fakeAdapter({
      generate: async () => {
        attempts++;
        throw failure("overloaded", { retryAfter: 1000 });
      },
    });
    const llm = await fromEnv({ env: { LLM_MODEL: "acme/m" }, adapters: [adapter], timeout: { total: 2500 } });
    const failed = errorOf(llm.generate({ ...HELLO, model: "acme/m" }));
    await vi.runAllTimersAsync();
    expect((await failed).message).toBe("Timed out after 2500 ms (whole call)");
    expect(attempts).toBe(3);
    attempts = 0;
    const own = errorOf(llm.generate({ ...HELLO, model: "acme/m", timeout: { total: 1500 } }));
    await vi.runAllTimersAsync();
    expect((await own).message).toBe("Timed out after 1500 ms (whole call)");
    expect(attempts).toBe(2);
  });
});
