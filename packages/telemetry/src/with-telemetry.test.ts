import { type LLMBackend, LLMError, OPTIONAL_CALLS, type StreamEvent, withRetry } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { context, metrics, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { METRICS } from "./conventions.js";
import { retryEvents } from "./retry-events.js";
import { recordedText, registerContextManager, SDK } from "./testing/harness.js";
import { withTelemetry } from "./with-telemetry.js";

const messages = [{ role: "user" as const, content: "Why is the sky blue?" }];
const usage = {
  inputTokens: { total: 100, cacheRead: 40, cacheWrite: 10 },
  outputTokens: { total: 20, reasoning: 5 },
};

let sdk: SDK;
beforeEach(() => {
  registerContextManager();
  sdk = new SDK();
});
afterEach(async () => {
  context.disable();
  trace.disable();
  metrics.disable();
  vi.useRealTimers();
  await sdk.shutdown();
});

const providers = (): Pick<SDK, "tracerProvider" | "meterProvider"> => {
  const { tracerProvider, meterProvider } = sdk;
  return { tracerProvider, meterProvider };
};

async function eventsOf(stream: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** A backend that has every call, each with an answer of the kind that adapters give. */
function everything(): Required<LLMBackend> {
  const facts = { usage, warnings: [], provider: "openai", model: "m", response: { id: "r1", model: "m-2" } };
  return {
    ...mockBackend(
      { text: "Because.", usage, result: { response: { id: "r1", model: "m-2" } } },
      { provider: "openai" },
    ),
    embed: async () => ({ ...facts, embeddings: [] }),
    listModels: async () => [{ id: "m" }],
    countTokens: async () => ({ inputTokens: 3 }),
    rerank: async () => ({ ...facts, ranking: [] }),
    transcribe: async () => ({ ...facts, text: "", language: undefined, duration: 1, segments: [], words: [] }),
    speak: async () => ({ ...facts, audio: new Uint8Array(3), mediaType: "audio/mpeg" }),
    generateImage: async () => ({ ...facts, images: [] }),
    moderate: async () => ({ ...facts, results: [] }),
  };
}

describe("a call that succeeds", () => {
  it("is a client span by the conventions", async () => {
    const backend = mockBackend(
      {
        text: "Because.",
        usage,
        result: {
          response: { id: "chatcmpl-1", model: "gpt-4o-2024-08-06", requestId: "req_1" },
          cost: { total: 0.25, source: "list" },
        },
      },
      { provider: "openai" },
    );
    const llm = withTelemetry(backend, { ...providers(), server: { address: "api.openai.com", port: 443 } });
    await llm.generate({
      model: "gpt-4o",
      messages,
      maxTokens: 10,
      temperature: 0.5,
      topP: 0.9,
      topK: 4,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      stopSequences: ["END"],
      seed: 7,
      output: "json",
      context: { key: "team-a", user: "u1", tags: ["chat", "prod"], session: "s1" },
    });
    const { name, kind, status, attributes, events, instrumentationScope } = sdk.span;
    expect({ name, kind, status, events }).toEqual({
      name: "chat gpt-4o",
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
      events: [],
    });
    expect(instrumentationScope).toMatchObject({
      name: "@llmux/telemetry",
      schemaUrl: "https://opentelemetry.io/schemas/1.41.0",
    });
    expect(attributes).toEqual({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.request.max_tokens": 10,
      "gen_ai.request.temperature": 0.5,
      "gen_ai.request.top_p": 0.9,
      "gen_ai.request.top_k": 4,
      "gen_ai.request.frequency_penalty": 0.1,
      "gen_ai.request.presence_penalty": 0.2,
      "gen_ai.request.stop_sequences": ["END"],
      "gen_ai.request.seed": 7,
      "gen_ai.output.type": "json",
      "gen_ai.conversation.id": "s1",
      "gen_ai.response.id": "chatcmpl-1",
      "gen_ai.response.model": "gpt-4o-2024-08-06",
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.usage.input_tokens": 100,
      "gen_ai.usage.output_tokens": 20,
      "gen_ai.usage.cache_read.input_tokens": 40,
      "gen_ai.usage.cache_creation.input_tokens": 10,
      "gen_ai.usage.reasoning.output_tokens": 5,
      "server.address": "api.openai.com",
      "server.port": 443,
      "enduser.id": "u1",
      "llmux.key": "team-a",
      "llmux.tags": ["chat", "prod"],
      "llmux.cost.usd": 0.25,
      "llmux.cost.source": "list",
      "llmux.response.request_id": "req_1",
    });
  });

  it("is measured with the advised buckets", async () => {
    const llm = withTelemetry(everything(), providers());
    await llm.generate({ model: "m", messages });
    const about = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "m",
      "gen_ai.response.model": "m-2",
    };
    const [duration, ...others] = await sdk.points("gen_ai.client.operation.duration");
    expect(others).toEqual([]);
    expect(duration).toMatchObject({
      attributes: about,
      value: { count: 1, buckets: { boundaries: METRICS.duration.bounds } },
    });
    const tokens = await sdk.points("gen_ai.client.token.usage");
    expect(tokens.map(({ attributes, value }) => [attributes, value.sum])).toEqual([
      [{ ...about, "gen_ai.token.type": "input" }, 100],
      [{ ...about, "gen_ai.token.type": "output" }, 20],
    ]);
    expect(tokens[0]?.value.buckets.boundaries).toEqual(METRICS.tokens.bounds);
    expect(await sdk.points("gen_ai.client.operation.time_to_first_chunk")).toEqual([]);
  });

  it.each([
    ["generate", { messages }, "chat", undefined],
    ["embed", { values: ["a"], dimensions: 8 }, "embeddings", undefined],
    ["listModels", {}, "list_models", undefined],
    ["countTokens", { messages }, "count_tokens", undefined],
    ["rerank", { query: "q", documents: [] }, "rerank", undefined],
    ["transcribe", { audio: new Uint8Array() }, "transcribe", "text"],
    ["speak", { text: "hi" }, "speak", "speech"],
    ["generateImage", { prompt: "a cat", n: 2, seed: 3 }, "generate_image", "image"],
    ["moderate", { values: ["x"] }, "moderate", undefined],
  ] as const)("%s has its operation", async (call, request, operation, outputType) => {
    const backend = everything();
    const llm = withTelemetry(backend, providers());
    const plain = await backend[call]({ ...request, model: "m" } as never);
    expect(await llm[call]({ ...request, model: "m" } as never)).toEqual(plain);
    const { name, attributes } = sdk.span;
    expect(name).toBe(`${operation} m`);
    expect(attributes["gen_ai.operation.name"]).toBe(operation);
    expect(attributes["gen_ai.output.type"]).toBe(outputType);
    expect(attributes["gen_ai.embeddings.dimension.count"]).toBe(call === "embed" ? 8 : undefined);
    expect(attributes["gen_ai.request.choice.count"]).toBe(call === "generateImage" ? 2 : undefined);
    expect(await sdk.points("gen_ai.client.operation.duration")).toHaveLength(1);
  });

  it("has the calls that the backend has, and no others", () => {
    const mock = mockBackend();
    expect(OPTIONAL_CALLS.filter((name) => name in withTelemetry(mock))).toEqual(["embed"]);
    expect(OPTIONAL_CALLS.filter((name) => name in withTelemetry(everything()))).toEqual(OPTIONAL_CALLS);
  });

  it("passes on the very request and answer", async () => {
    const mock = mockBackend("Because.");
    const request = { model: "m", messages };
    const result = await withTelemetry(mock, { ...providers(), content: true }).generate(request);
    expect(mock.requests[0]).toBe(request);
    expect(result).toEqual(await mock.generate(request));
  });

  it("shows an answer out of a cache, and counts its tokens only once", async () => {
    const cachedAt = new Date(0);
    const llm = withTelemetry(
      mockBackend({ text: "Because.", usage, result: { cachedAt, cost: { total: 0, source: "list" } } }),
      providers(),
    );
    await llm.generate({ model: "m", messages });
    expect(sdk.span.attributes).toMatchObject({ "llmux.cache.hit": true, "llmux.cost.usd": 0 });
    expect(sdk.span.attributes).not.toHaveProperty(["gen_ai.usage.input_tokens"]);
    expect(await sdk.points("gen_ai.client.token.usage")).toEqual([]);
  });

  it("leaves out what the application wants left out, and adds what it wants added", async () => {
    const llm = withTelemetry(mockBackend(), {
      ...providers(),
      context: false,
      attributes: (request, call) => ({ "app.call": call, "app.asked": "messages" in request }),
    });
    await llm.generate({ model: "m", messages, user: "u", context: { key: "k", tags: ["t"], session: "s" } });
    expect(sdk.span.attributes).toMatchObject({ "app.call": "generate", "app.asked": true });
    for (const name of ["llmux.key", "llmux.tags", "enduser.id", "gen_ai.conversation.id"])
      expect(sdk.span.attributes).not.toHaveProperty([name]);
  });
});

describe("whom a call goes to", () => {
  it.each([
    ["azure", "gpt", "azure.ai.openai", "gpt"],
    ["bedrock", "anthropic.claude", "aws.bedrock", "anthropic.claude"],
    ["vertex_ai", "gemini-2.5-pro", "gcp.vertex_ai", "gemini-2.5-pro"],
    ["openrouter", "anthropic/claude", "openrouter", "anthropic/claude"],
    ["constructor", "m", "constructor", "m"],
  ])("%s with %s is %s", async (provider, model, expected, asked) => {
    await withTelemetry(mockBackend("x", { provider }), providers()).generate({ model, messages });
    expect(sdk.span.attributes).toMatchObject({ "gen_ai.provider.name": expected, "gen_ai.request.model": asked });
    expect(sdk.span.attributes).not.toHaveProperty(["llmux.model"]);
  });

  it("is told by the prefix before a router's call, and by the answer after it", async () => {
    const router = mockBackend(
      (request) => ({ text: "x", result: { provider: "mistral", model: request.model!.split("/")[1]! } }),
      { provider: "llmux" },
    );
    const seen: unknown[] = [];
    const sampler = {
      shouldSample: (_: unknown, __: unknown, name: string, ___: unknown, attributes: unknown) => {
        seen.push(name, { ...(attributes as object) });
        return { decision: 2 };
      },
      toString: () => "",
    };
    sdk = new SDK(sampler);
    await withTelemetry(router, providers()).generate({ model: "google/gemini-2.5-pro", messages });
    expect(seen).toEqual([
      "chat gemini-2.5-pro",
      {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "gcp.gemini",
        "gen_ai.request.model": "gemini-2.5-pro",
      },
    ]);
    expect(sdk.span.attributes).toMatchObject({
      "gen_ai.provider.name": "mistral_ai",
      "llmux.model": "google/gemini-2.5-pro",
    });
  });

  it("is whoever answered after a fallback, with every try as an event", async () => {
    const attempts = [
      {
        provider: "openai",
        model: "gpt-4o",
        error: { kind: "overloaded" as const, message: "busy", status: 503 },
        duration: 1500,
      },
      { provider: "anthropic", model: "claude", deployment: "eu", duration: 250 },
    ];
    const backend = mockBackend(
      { text: "x", result: { provider: "anthropic", model: "claude", attempts } },
      { provider: "llmux" },
    );
    await withTelemetry(backend, providers()).generate({ model: "openai/gpt-4o", messages });
    expect(sdk.span.name).toBe("chat claude");
    expect(sdk.span.attributes).toMatchObject({
      "gen_ai.provider.name": "anthropic",
      "gen_ai.request.model": "claude",
      "llmux.model": "openai/gpt-4o",
      "llmux.attempts": 2,
    });
    expect(sdk.span.events.map(({ name, attributes }) => [name, attributes])).toEqual([
      [
        "llmux.attempt",
        {
          "llmux.attempt.number": 1,
          "gen_ai.provider.name": "openai",
          "gen_ai.request.model": "gpt-4o",
          "error.type": "overloaded",
          "http.response.status_code": 503,
          "llmux.attempt.duration": 1.5,
        },
      ],
      [
        "llmux.attempt",
        {
          "llmux.attempt.number": 2,
          "gen_ai.provider.name": "anthropic",
          "gen_ai.request.model": "claude",
          "llmux.attempt.deployment": "eu",
          "llmux.attempt.duration": 0.25,
        },
      ],
    ]);
  });
});

describe("a call that fails", () => {
  const failure = new LLMError({
    kind: "rate-limit",
    message: "slow down, a@b.cd",
    status: 429,
    code: "rate_limit_exceeded",
    requestId: "req_9",
    attempts: [{ provider: "openai", model: "m", error: { kind: "rate-limit", message: "slow, a@b.cd" }, duration: 5 }],
  });

  it("fails as it is, and says its kind", async () => {
    const llm = withTelemetry(mockBackend(failure), providers());
    await expect(llm.generate({ model: "m", messages })).rejects.toBe(failure);
    expect(sdk.span.status).toEqual({ code: SpanStatusCode.ERROR, message: "rate-limit" });
    expect(sdk.span.attributes).toMatchObject({
      "error.type": "rate-limit",
      "http.response.status_code": 429,
      "llmux.error.code": "rate_limit_exceeded",
      "llmux.response.request_id": "req_9",
      "llmux.attempts": 1,
    });
    expect(sdk.span.events).toHaveLength(1);
    expect(await recordedText(sdk)).not.toContain("slow");
    const [point] = await sdk.points("gen_ai.client.operation.duration");
    expect(point?.attributes).toMatchObject({ "error.type": "rate-limit" });
    expect(await sdk.points("gen_ai.client.token.usage")).toEqual([]);
  });

  it("says what it says only when asked, redacted", async () => {
    const llm = withTelemetry(mockBackend(failure), { ...providers(), errorMessages: true });
    await expect(llm.generate({ model: "m", messages })).rejects.toBe(failure);
    expect(sdk.span.status.message).toBe("slow down, [email]");
    expect(sdk.span.events[0]?.attributes).toMatchObject({ "llmux.attempt.error": "slow, [email]" });
  });

  it("need not be one of ours", async () => {
    const backend = { ...mockBackend(), generate: () => Promise.reject(new TypeError("x")) } as LLMBackend;
    await expect(withTelemetry(backend, providers()).generate({ messages })).rejects.toThrow(TypeError);
    expect(sdk.span.attributes["error.type"]).toBe("TypeError");
    expect(sdk.span.name).toBe("chat");
  });

  it("may throw at once, or throw nothing to speak of", async () => {
    const backend: LLMBackend = {
      provider: "p",
      generate: () => {
        throw undefined;
      },
      stream: () => {
        throw new RangeError("x");
      },
    };
    const llm = withTelemetry(backend, providers());
    await expect(llm.generate({ messages })).rejects.toBeUndefined();
    const stream = llm.stream({ messages })[Symbol.asyncIterator]();
    await expect(stream.next()).rejects.toThrow(RangeError);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(sdk.spans.map(({ attributes }) => attributes["error.type"])).toEqual(["_OTHER", "RangeError"]);
  });
});

describe("retries", () => {
  it("are told on the call's span as they happen", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    const told: number[] = [];
    const busy = new LLMError({ kind: "overloaded", message: "busy", status: 529 });
    const retrying = withRetry(mockBackend([busy, busy, "x"]), {
      minWait: 1000,
      maxWait: 1000,
      onRetry: retryEvents(({ attempt }) => void told.push(attempt)),
    });
    const answer = withTelemetry(retrying, providers()).generate({ model: "m", messages });
    await vi.runAllTimersAsync();
    await answer;
    expect(told).toEqual([2, 3]);
    expect(sdk.span.events.map(({ name, attributes }) => [name, attributes])).toEqual(
      [2, 3].map((attempt) => [
        "llmux.retry",
        {
          "llmux.retry.attempt": attempt,
          "llmux.retry.attempts": 9,
          "llmux.retry.wait": 1,
          "error.type": "overloaded",
          "http.response.status_code": 529,
          "gen_ai.request.model": "m",
        },
      ]),
    );
    expect(sdk.span.attributes["gen_ai.response.finish_reasons"]).toEqual(["stop"]);
  });

  it("are told on a stream's span, and to nobody where there is none", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    const busy = new LLMError({ kind: "overloaded", message: "busy" });
    const retrying = (): LLMBackend =>
      withRetry(mockBackend([busy, "x"]), { minWait: 10, maxWait: 10, onRetry: retryEvents() });
    const reading = eventsOf(withTelemetry(retrying(), providers()).stream({ messages }));
    await vi.runAllTimersAsync();
    await reading;
    expect(sdk.span.events.map(({ name }) => name)).toEqual(["llmux.retry"]);
    const unseen = retrying().generate({ messages });
    await vi.runAllTimersAsync();
    expect((await unseen).text).toBe("x");
  });
});

describe("context", () => {
  it("makes what a call does its children, and the call a child of what is around", async () => {
    const tracer = sdk.tracerProvider.getTracer("test");
    const backend: LLMBackend = {
      ...mockBackend(),
      async generate(request) {
        await Promise.resolve();
        tracer.startSpan("POST").end();
        return mockBackend().generate(request);
      },
    };
    const llm = withTelemetry(backend, providers());
    await tracer.startActiveSpan("request", async (outer) => {
      await llm.generate({ model: "m", messages });
      expect(trace.getActiveSpan()).toBe(outer);
      outer.end();
    });
    const [inner, call, outer] = sdk.spans;
    expect([inner?.name, call?.name, outer?.name]).toEqual(["POST", "chat m", "request"]);
    expect(inner?.parentSpanContext?.spanId).toBe(call?.spanContext().spanId);
    expect(call?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  });

  it("does not mix a hundred calls at once, streams and others", async () => {
    const tracer = sdk.tracerProvider.getTracer("test");
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const backend: LLMBackend = {
      provider: "p",
      async generate(request) {
        await turn();
        tracer.startSpan(`inner ${request.model}`).end();
        await turn();
        return mockBackend("x").generate(request);
      },
      async *stream(request) {
        for await (const event of mockBackend("a b c").stream(request)) {
          await turn();
          tracer.startSpan(`inner ${request.model}`).end();
          yield event;
        }
      },
    };
    const llm = withTelemetry(backend, providers());
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const request = { model: `m${index}`, messages, context: { key: `k${index}` } };
        if (index % 2) return llm.generate(request);
        for await (const _ of llm.stream(request)) await turn();
        return undefined;
      }),
    );
    const calls = sdk.spans.filter(({ name }) => name.startsWith("chat "));
    expect(calls).toHaveLength(100);
    const byId = new Map(calls.map((span) => [span.spanContext().spanId, span]));
    const inner = sdk.spans.filter(({ name }) => name.startsWith("inner "));
    expect(inner.length).toBeGreaterThan(300);
    for (const span of inner) {
      const parent = byId.get(span.parentSpanContext?.spanId ?? "");
      expect(`inner ${parent?.attributes["gen_ai.request.model"]}`).toBe(span.name);
    }
    for (const { attributes } of calls)
      expect(attributes["llmux.key"]).toBe(`k${String(attributes["gen_ai.request.model"]).slice(1)}`);
  });
});

describe("an SDK", () => {
  it("may be registered after the backend was wrapped", async () => {
    const llm = withTelemetry(mockBackend("x", { provider: "openai" }));
    await llm.generate({ model: "m", messages });
    trace.setGlobalTracerProvider(sdk.tracerProvider);
    metrics.setGlobalMeterProvider(sdk.meterProvider);
    await llm.generate({ model: "m", messages });
    expect(sdk.spans).toHaveLength(1);
    expect((await sdk.points("gen_ai.client.operation.duration"))[0]?.value.count).toBe(1);
  });

  it("that takes no sample still gets metrics, and hands its decision on", async () => {
    sdk = new SDK(new AlwaysOffSampler());
    let inner: boolean | undefined;
    const backend: LLMBackend = {
      ...mockBackend(),
      generate(request) {
        inner = trace.getActiveSpan()?.isRecording();
        return mockBackend("x").generate(request);
      },
    };
    const attributes = vi.fn();
    await withTelemetry(backend, { ...providers(), attributes }).generate({ messages });
    expect(inner).toBe(false);
    expect(attributes).not.toHaveBeenCalled();
    expect(await sdk.points("gen_ai.client.operation.duration")).toHaveLength(1);
  });

  it("need not be there: calls go straight through", async () => {
    const mock = mockBackend("Because.");
    const llm = withTelemetry(mock);
    expect(await llm.generate({ messages })).toEqual(await mock.generate({ messages }));
    const events = await eventsOf(llm.stream({ messages }));
    expect(events).toEqual(await eventsOf(mock.stream({ messages })));
  });

  it("may fail in any place without failing a call", async () => {
    const bad = (): never => {
      throw new Error("exporter down");
    };
    const hostile = new Proxy({}, { get: () => bad });
    const span = new Proxy(
      {},
      {
        get: (_, name) =>
          name === "isRecording"
            ? () => true
            : name === "spanContext"
              ? () => ({ traceId: "0", spanId: "0", traceFlags: 0 })
              : bad,
      },
    );
    const options = [
      { tracer: { startSpan: bad, startActiveSpan: bad } },
      { tracer: { startSpan: () => span, startActiveSpan: bad } },
      { tracerProvider: { getTracer: bad } },
      { meterProvider: { getMeter: bad } },
      { meter: { createHistogram: bad } },
      { meter: { createHistogram: () => hostile } },
      { attributes: bad },
      { redact: bad, content: true },
      { redact: () => 1, content: true },
    ];
    for (const one of options) {
      const llm = withTelemetry(mockBackend("Because."), { ...providers(), ...one } as never);
      expect((await llm.generate({ messages, context: { key: "k" } })).text).toBe("Because.");
      expect((await eventsOf(llm.stream({ messages }))).at(-1)?.type).toBe("finish");
      await expect(
        withTelemetry(mockBackend(new LLMError({ kind: "server", message: "x" })), {
          ...providers(),
          ...one,
        } as never).generate({
          messages,
        }),
      ).rejects.toMatchObject({ kind: "server" });
    }
  });
});

it.each([
  [{ content: "yes" }, "content"],
  [{ content: { outputs: true } }, "content.outputs"],
  [{ content: { input: "full" } }, "content.input"],
  [{ content: { maxLength: 0 } }, "content.maxLength"],
  [{ redact: "x" }, "redact"],
  [{ redact: [{ name: "x" }] }, "patterns[0]"],
  [{ attributes: {} }, "attributes"],
  [{ context: 1 }, "context"],
  [{ errorMessages: 1 }, "errorMessages"],
  [{ server: "x" }, "server"],
])("refuses %j at once", (options, parameter) => {
  expect(() => withTelemetry(mockBackend(), options as never)).toThrow(
    expect.objectContaining({ kind: "invalid-request", parameter }),
  );
});
