import { collect, type LLMBackend, LLMError, type StreamEvent } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { context, type Span, SpanStatusCode, type Tracer } from "@opentelemetry/api";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { registerContextManager, SDK } from "./testing/harness.js";
import { withTelemetry } from "./with-telemetry.js";

const request = { model: "m", messages: [{ role: "user" as const, content: "Hi" }] };
const usage = {
  inputTokens: { total: 9, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 3, reasoning: undefined },
};

let sdk: SDK;
beforeEach(() => {
  registerContextManager();
  sdk = new SDK();
});
afterEach(async () => {
  context.disable();
  vi.useRealTimers();
  await sdk.shutdown();
});

const traced = (backend: LLMBackend, options = {}): LLMBackend => {
  const { tracerProvider, meterProvider } = sdk;
  return withTelemetry(backend, { tracerProvider, meterProvider, ...options });
};

it("gives the events of the stream behind, and the facts of generate", async () => {
  const backend = mockBackend({
    text: "a b c",
    usage,
    result: { response: { id: "r", model: "m-1" }, cost: { total: 1, source: "own" } },
  });
  const llm = traced(backend);
  expect(await collect(llm.stream(request))).toEqual(await backend.generate(request));
  await llm.generate(request);
  const [streamed, whole] = sdk.spans.map(({ name, status, attributes }) => ({ name, status, attributes }));
  const {
    "gen_ai.request.stream": stream,
    "gen_ai.response.time_to_first_chunk": first,
    ...same
  } = streamed!.attributes;
  expect({ ...streamed, attributes: same }).toEqual(whole);
  expect(stream).toBe(true);
  expect(first).toBeGreaterThanOrEqual(0);
});

it("times the first chunk and those after it, not the stream's start", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const waits = { start: 100, "text-start": 200, "text-delta": 50, "text-end": 0, finish: 0 } as Record<string, number>;
  const backend: LLMBackend = {
    ...mockBackend(),
    async *stream(asked) {
      for await (const event of mockBackend({ text: "a b c", usage }).stream(asked)) {
        vi.advanceTimersByTime(waits[event.type]!);
        yield event;
      }
    },
  };
  await collect(traced(backend).stream(request));
  expect(sdk.span.attributes["gen_ai.response.time_to_first_chunk"]).toBeCloseTo(0.3, 9);
  const [first] = await sdk.points("gen_ai.client.operation.time_to_first_chunk");
  expect([first?.value.count, first?.value.sum]).toEqual([1, expect.closeTo(0.3, 9)]);
  // Three deltas and the end of the text.
  const [each] = await sdk.points("gen_ai.client.operation.time_per_output_chunk");
  expect([each?.value.count, each?.value.sum]).toEqual([4, expect.closeTo(0.15, 9)]);
  const [whole] = await sdk.points("gen_ai.client.operation.duration");
  expect(whole?.value.sum).toBeCloseTo(0.45, 9);
});

it("begins when it is first read, and not at all where it never is", async () => {
  const backend = mockBackend("x");
  const llm = traced(backend);
  const never = llm.stream(request)[Symbol.asyncIterator]();
  await never.return!();
  expect(await never.next()).toEqual({ done: true, value: undefined });
  expect(backend.requests).toEqual([]);
  expect(sdk.spans).toEqual([]);
});

it("is a child of whoever asked for it, also where another reads it", async () => {
  const llm = traced(mockBackend("x"));
  const tracer = sdk.tracerProvider.getTracer("test");
  const stream = tracer.startActiveSpan("request", (span) => {
    span.end();
    return llm.stream(request);
  });
  await collect(stream);
  const [outer, call] = sdk.spans;
  expect(call?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
});

it("says that it was left, without an error and without a guess of tokens, and leaves the one behind", async () => {
  let closed = 0;
  const backend: LLMBackend = {
    ...mockBackend(),
    async *stream(asked) {
      try {
        yield* mockBackend({ text: "a b c", usage }).stream(asked);
      } finally {
        closed++;
      }
    },
  };
  for await (const event of traced(backend).stream(request)) if (event.type === "text-delta") break;
  expect(closed).toBe(1);
  const { attributes, status } = sdk.span;
  expect(attributes).toMatchObject({ "llmux.stream.left": true });
  expect(attributes).not.toHaveProperty(["error.type"]);
  expect(attributes).not.toHaveProperty(["gen_ai.usage.output_tokens"]);
  expect(status.code).toBe(SpanStatusCode.UNSET);
  expect(await sdk.points("gen_ai.client.token.usage")).toEqual([]);
  expect(await sdk.points("gen_ai.client.operation.duration")).toHaveLength(1);
});

it("was not left by who leaves after its finish", async () => {
  for await (const event of traced(mockBackend({ text: "a", usage })).stream(request))
    if (event.type === "finish") break;
  expect(sdk.span.attributes).not.toHaveProperty(["llmux.stream.left"]);
  expect(sdk.span.attributes).toMatchObject({ "gen_ai.usage.output_tokens": 3 });
});

it("is aborted by its caller", async () => {
  const controller = new AbortController();
  const reading = (async () => {
    for await (const event of traced(mockBackend("a b c")).stream({ ...request, signal: controller.signal }))
      if (event.type === "text-delta") controller.abort();
  })();
  await expect(reading).rejects.toMatchObject({ kind: "aborted" });
  expect(sdk.span.attributes).toMatchObject({ "error.type": "aborted" });
});

it("keeps what had come of an answer that was cut, where content is asked for", async () => {
  const cut = new LLMError({ kind: "connection", message: "cut" });
  const llm = traced(mockBackend({ text: "a b", error: cut }), { content: true });
  await expect(collect(llm.stream(request))).rejects.toMatchObject({ kind: "connection" });
  expect(JSON.parse(String(sdk.span.attributes["gen_ai.output.messages"]))).toEqual([
    { role: "assistant", parts: [{ type: "text", content: "a b" }], finish_reason: "error" },
  ]);
});

it("hands on events that it does not know", async () => {
  const strange = { type: "from-tomorrow", id: "1" } as never as StreamEvent;
  const backend: LLMBackend = {
    ...mockBackend(),
    async *stream() {
      yield strange;
    },
  };
  const events: StreamEvent[] = [];
  for await (const event of traced(backend, { content: true }).stream(request)) events.push(event);
  expect(events).toEqual([strange]);
  expect(events[0]).toBe(strange);
});

it("ends its span exactly once, however it ends and however it is read", async () => {
  const real = sdk.tracerProvider.getTracer("test");
  let begun = 0;
  let ended = 0;
  const tracer = {
    startSpan(...how: Parameters<Tracer["startSpan"]>): Span {
      const span = real.startSpan(...how);
      const end = span.end.bind(span);
      begun++;
      span.end = (time) => {
        ended++;
        end(time);
      };
      return span;
    },
  } as Tracer;
  const fail = new LLMError({ kind: "server", message: "x" });
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        deltas: fc.integer({ min: 0, max: 6 }),
        failsAfter: fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }),
        readsUntil: fc.integer({ min: 1, max: 20 }),
        leaves: fc.integer({ min: 0, max: 2 }),
        atOnce: fc.boolean(),
      }),
      async ({ deltas, failsAfter, readsUntil, leaves, atOnce }) => {
        const backend: LLMBackend = {
          ...mockBackend(),
          async *stream(asked) {
            let sent = 0;
            for await (const event of mockBackend("x ".repeat(deltas)).stream(asked)) {
              if (sent++ === failsAfter) throw fail;
              yield event;
            }
          },
        };
        begun = ended = 0;
        const iterator = traced(backend, { tracer }).stream(request)[Symbol.asyncIterator]();
        const reads: Promise<unknown>[] = [];
        for (let read = 0; read < readsUntil; read++) {
          const next = iterator.next().then(undefined, () => undefined);
          if (atOnce) reads.push(next);
          else await next;
        }
        for (let left = 0; left < leaves; left++) reads.push(iterator.return!());
        await Promise.all(reads);
        // Twenty reads come to the end of any of these.
        const over = leaves > 0 || readsUntil === 20;
        expect({ begun, ended }).toEqual({ begun: 1, ended: over ? 1 : expect.any(Number) });
        await iterator.return!();
        expect({ begun, ended }).toEqual({ begun: 1, ended: 1 });
      },
    ),
  );
});
