import { collect, type GenerateRequest, type LLMBackend, LLMError, type StreamEvent } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { WithLedgerOptions } from "./ledger-options.js";
import { MemoryLedger } from "./testing/memory-ledger.js";
import { withLedger } from "./with-ledger.js";

const NOW = Date.UTC(2026, 0, 1, 12);
const usage = {
  inputTokens: { total: 100, cacheRead: 40, cacheWrite: 10 },
  outputTokens: { total: 20, reasoning: 5 },
};
const request: GenerateRequest = {
  model: "m",
  messages: [{ role: "user", content: "12345678" }],
  context: { key: "k" },
};
const start: StreamEvent = {
  ...{ type: "start", provider: "openai", model: "gpt-4o", warnings: [] },
  response: { model: "gpt-4o-2024", requestId: "req_1" },
};
const delta: StreamEvent = { type: "text-delta", id: "0", delta: "four" };
const finish: StreamEvent = {
  ...{ type: "finish", finishReason: { unified: "length", raw: "max" }, usage },
  cost: { total: 0.5, source: "list" },
};

let memory: MemoryLedger;
beforeEach(() => {
  memory = new MemoryLedger();
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});
const around = (backend: LLMBackend, options: WithLedgerOptions = {}) =>
  withLedger(backend, { ledger: memory.ledger, ...options });

type Step = StreamEvent | Error | number;

/** A backend whose stream gives these events, throws these errors, waits so many milliseconds; `left` counts. */
function scripted(steps: readonly Step[]): LLMBackend & { left: number; pulled: number } {
  const backend = {
    ...mockBackend(),
    ...{ left: 0, pulled: 0 },
    async *stream(): AsyncGenerator<StreamEvent> {
      let ended = false;
      try {
        for (const step of steps) {
          backend.pulled += 1;
          if (typeof step === "number") await vi.advanceTimersByTimeAsync(step);
          else if (step instanceof Error) throw step;
          else yield step;
        }
        ended = true;
      } catch (error) {
        ended = true;
        throw error;
      } finally {
        if (!ended) backend.left += 1;
      }
    },
  };
  return backend;
}

/** Reads so many events, then leaves. */
async function read(stream: AsyncIterable<StreamEvent>, count = Number.POSITIVE_INFINITY): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of stream) if (events.push(event) >= count) break;
  return events;
}

describe("a stream", () => {
  it("has a row with all that start and finish say", async () => {
    const steps = [start, 80, delta, 900, delta, { ...finish, response: { requestId: "req_2" }, attempts: [] }];
    const events = await read(around(scripted(steps)).stream(request));
    expect(events).toEqual(steps.filter((step) => typeof step === "object"));
    expect(memory.rows).toEqual([
      {
        id: expect.any(String),
        ...{ startedAt: new Date(NOW), kind: "stream", key: "k", tags: [], provider: "openai", model: "gpt-4o" },
        ...{ responseModel: "gpt-4o-2024", requestId: "req_2", attempts: 0, finishReason: "length", outcome: "ok" },
        ...{ inputTokens: 100, cacheReadTokens: 40, cacheWriteTokens: 10, outputTokens: 20, reasoningTokens: 5 },
        ...{ usageEstimated: false, cost: 0.5, costSource: "list", cached: false, latency: 980, timeToFirstToken: 80 },
      },
    ]);
  });

  it("hands over each event as it comes, and finish once the row is written", async () => {
    const gate = Promise.withResolvers<void>();
    memory.gate = gate.promise;
    const backend = scripted([start, delta, finish]);
    const iterator = around(backend).stream(request)[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toBe(start);
    expect(backend.pulled).toBe(1);
    expect((await iterator.next()).value).toBe(delta);
    let finished = false;
    const last = iterator.next().then((result) => {
      finished = true;
      return result;
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect([finished, memory.rows.length]).toEqual([false, 0]);
    gate.resolve();
    expect((await last).value).toBe(finish);
    expect(memory.rows).toHaveLength(1);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(memory.rows).toHaveLength(1);
  });

  it("begins when it is iterated, and has no row before", async () => {
    const backend = mockBackend("Hello");
    const stream = around(backend).stream(request);
    await vi.advanceTimersByTimeAsync(1000);
    await stream[Symbol.asyncIterator]().return?.();
    expect([backend.requests.length, memory.rows.length]).toEqual([0, 0]);
    expect(await read(stream)).toEqual([]);
  });

  it("of a cache costs nothing", async () => {
    await read(around(scripted([start, delta, { ...finish, cachedAt: new Date(0) }])).stream(request));
    expect(memory.rows).toMatchObject([{ cached: true, cost: 0, costSource: undefined }]);
  });

  it("of a cache costs nothing, though it be left", async () => {
    const price = () => ({ total: 0.01, source: "own" as const });
    const cached = { ...start, cachedAt: new Date(0) } as StreamEvent;
    await read(around(scripted([cached, delta, delta, finish]), { price }).stream(request), 2);
    expect(memory.rows).toMatchObject([{ outcome: "left", cached: true, cost: 0, costSource: undefined }]);
  });

  it("passes on events that it does not know", async () => {
    const odd = { type: "hologram", data: 1 } as unknown as StreamEvent;
    expect(await read(around(scripted([start, odd, finish])).stream(request))).toContain(odd);
  });

  it("gives what the backend's own stream gives", async () => {
    const backend = mockBackend({ text: "Hello you", reasoning: "hm", toolCalls: [{ id: "1", name: "f", input: {} }] });
    expect(await collect(around(backend).stream(request))).toEqual(await collect(backend.stream(request)));
  });
});

describe("a stream that does not come to its end", () => {
  const price = vi.fn(() => ({ total: 0.01, source: "own" as const }));
  beforeEach(() => price.mockClear());

  it("is entered when it is left, with an estimate, and leaves the one behind", async () => {
    const backend = scripted([start, 5, delta, 7, delta, delta, finish]);
    await read(around(backend, { price }).stream(request), 3);
    expect(backend.left).toBe(1);
    expect(memory.rows).toMatchObject([
      {
        ...{ outcome: "left", usageEstimated: true, inputTokens: 6, outputTokens: 2, reasoningTokens: undefined },
        ...{ provider: "openai", model: "gpt-4o", cost: 0.01, costSource: "own", latency: 12, timeToFirstToken: 5 },
      },
    ]);
    expect(price.mock.calls).toMatchObject([
      [{ provider: "openai", model: "gpt-4o", usage: { outputTokens: { total: 2 } } }],
    ]);
  });

  it("is left at once, also while its ledger is at a stand", async () => {
    memory.gate = new Promise(() => undefined);
    const backend = scripted([start, delta, finish]);
    const iterator = around(backend).stream(request)[Symbol.asyncIterator]();
    await iterator.next();
    void iterator.return?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(backend.left).toBe(1);
  });

  it("is entered when it is cut, and throws what it threw", async () => {
    const error = new LLMError({ kind: "connection", message: "cut", requestId: "req_9" });
    await expect(read(around(scripted([start, delta, error]), { price }).stream(request))).rejects.toBe(error);
    expect(memory.rows).toMatchObject([
      { outcome: "connection", usageEstimated: true, outputTokens: 1, cost: 0.01, requestId: "req_9" },
    ]);
  });

  it("is entered with what a failure says that it used, and not estimated, where it says so", async () => {
    const usage = {
      inputTokens: { total: 9, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: 5, reasoning: undefined },
    };
    const facts = { kind: "malformed-response" as const, message: "no JSON", usage };
    const error = new LLMError({ ...facts, cost: { total: 0.5, source: "list" } });
    await expect(read(around(scripted([start, delta, error]), { price }).stream(request))).rejects.toBe(error);
    expect(memory.rows).toMatchObject([{ usageEstimated: false, inputTokens: 9, outputTokens: 5, cost: 0.5 }]);
  });

  it("costs nothing that anybody knows of where it failed before it began", async () => {
    const error = new LLMError({ kind: "authentication", message: "who?", status: 401 });
    await expect(read(around(scripted([error]), { price }).stream(request))).rejects.toBe(error);
    expect(memory.rows).toMatchObject([
      { outcome: "authentication", status: 401, usageEstimated: false, cost: undefined, inputTokens: undefined },
    ]);
    expect(price).not.toHaveBeenCalled();
  });

  it("is entered where the backend throws before there is a stream", async () => {
    const backend = { ...mockBackend(), stream: () => expect.fail("a bug") };
    await expect(read(around(backend).stream(request))).rejects.toThrow("a bug");
    expect(memory.rows).toMatchObject([{ outcome: "unknown" }]);
  });

  it("is entered when it is aborted", async () => {
    const abort = new AbortController();
    const stream = around(mockBackend("one two three")).stream({ ...request, signal: abort.signal });
    const reading = (async () => {
      for await (const event of stream) if (event.type === "text-delta") abort.abort();
    })();
    await reading.catch(() => undefined);
    expect(memory.rows).toHaveLength(1);
    const aborted = new LLMError({ kind: "aborted", message: "aborted" });
    await read(around(scripted([start, delta, aborted])).stream(request)).catch(() => undefined);
    expect(memory.rows[1]).toMatchObject({ outcome: "aborted", usageEstimated: true });
  });

  it("is entered where it just stops", async () => {
    await read(around(scripted([start, delta])).stream(request));
    expect(memory.rows).toMatchObject([{ outcome: "connection", usageEstimated: true }]);
  });

  it("is not held up, nor its failure hidden, by a ledger that can't be written", async () => {
    memory.broken = true;
    const onFailure = vi.fn();
    const error = new LLMError({ kind: "server", message: "down" });
    for (const failClosed of [false, true]) {
      const options = { failClosed, onFailure };
      await expect(read(around(scripted([start, error]), options).stream(request))).rejects.toBe(error);
      expect(await read(around(scripted([start, delta]), options).stream(request), 1)).toEqual([start]);
    }
    expect(onFailure).toHaveBeenCalledTimes(4);
    expect(await read(around(scripted([start, finish]), { onFailure }).stream(request))).toEqual([start, finish]);
  });

  it("fails in place of its finish under failClosed, and leaves the one behind", async () => {
    memory.broken = true;
    const backend = scripted([start, delta, finish]);
    const seen: StreamEvent[] = [];
    const reading = (async () => {
      for await (const event of around(backend, { failClosed: true }).stream(request)) seen.push(event);
    })();
    await expect(reading).rejects.toMatchObject({ kind: "server", retryable: false });
    expect(seen).toEqual([start, delta]);
    await vi.advanceTimersByTimeAsync(0);
    expect(backend.left).toBe(1);
  });

  it("has exactly one row, wherever it is left or fails", async () => {
    const steps = fc.array(fc.constantFrom<Step>(delta, new LLMError({ kind: "server", message: "x" })), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 8 }), fc.boolean(), async (middle, count, ends) => {
        memory.rows.length = 0;
        const backend = scripted([start, ...middle, ...(ends ? [finish] : [])]);
        await read(around(backend).stream(request), count).catch(() => undefined);
        expect(memory.rows).toHaveLength(1);
      }),
    );
  });
});
