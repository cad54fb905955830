import { collect, defineMiddleware, type LLMBackend, LLMError, type LLMErrorKind, type StreamEvent } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { describe, expect, it, vi } from "vitest";
import type { FallbackNotice, FallbackOptions } from "./options.js";
import {
  answer,
  errorOf,
  eventsOf,
  failure,
  finish,
  HI,
  type Scripted,
  scripted,
  start,
  text,
} from "./testing/scripted.js";
import { withFallback } from "./with-fallback.js";

const CALLS = ["generate", "stream"] as const;
type Call = (typeof CALLS)[number];

const ask = (backend: LLMBackend, call: Call, request = HI) =>
  call === "generate" ? backend.generate(request) : collect(backend.stream(request));

/** A backend that fails with these kinds, one a call, before it has said anything. */
const failing = (provider: string, ...kinds: LLMErrorKind[]): Scripted =>
  scripted(provider, ...kinds.map((kind) => [start(provider, "m"), failure(kind, provider)]));

const GENERAL: LLMErrorKind[] = [
  "authentication",
  "permission",
  "not-found",
  "rate-limit",
  "quota-exceeded",
  "overloaded",
  "server",
  "connection",
  "timeout",
  "malformed-response",
  "unsupported",
];
const NOWHERE: LLMErrorKind[] = ["invalid-request", "aborted", "budget-exceeded"];

describe.each(CALLS)("%s", (call) => {
  const lists = (): FallbackOptions => ({
    fallbacks: [{ backend: scripted("general", answer("general", "general")) }],
    contextWindow: [{ backend: scripted("window", answer("window", "window")) }],
    contentPolicy: [{ backend: scripted("policy", answer("policy", "policy")) }],
  });

  it.each(GENERAL)("goes to the list for the rest: %s", async (kind) => {
    expect((await ask(withFallback(failing("one", kind), lists()), call)).text).toBe("general");
  });
  it.each([
    ["context-window-exceeded", "window"],
    ["content-policy", "policy"],
  ] as const)("goes to the list of its own: %s", async (kind, said) => {
    expect((await ask(withFallback(failing("one", kind), lists()), call)).text).toBe(said);
  });
  it.each(NOWHERE)("goes nowhere, and the failure is as it was: %s", async (kind) => {
    const error = failure(kind, "one");
    const thrown = await errorOf(ask(withFallback(scripted("one", [error]), lists()), call));
    expect({ ...thrown, message: thrown.message, partial: 0 }).toEqual({
      ...error,
      message: error.message,
      partial: 0,
    });
  });
  it.each(["context-window-exceeded", "content-policy"] as const)(
    "goes nowhere without a list of its own: %s",
    async (kind) => {
      const { fallbacks } = lists();
      expect((await errorOf(ask(withFallback(failing("one", kind), { fallbacks }), call))).kind).toBe(kind);
    },
  );
  it("asks by `retryable` for kinds that it does not know", async () => {
    const unknown = (retryable: boolean) => new LLMError({ kind: "eclipse" as never, message: "dark", retryable });
    expect((await ask(withFallback(scripted("one", [unknown(true)]), lists()), call)).text).toBe("general");
    expect((await errorOf(ask(withFallback(scripted("one", [unknown(false)]), lists()), call))).kind).toBe("eclipse");
  });
  it("lets through what is no failure of the taxonomy", async () => {
    const bug = new TypeError("a bug");
    const backend = withFallback(
      scripted("one", [
        {
          get type(): never {
            throw bug;
          },
        } as never,
      ]),
      lists(),
    );
    await expect(ask(backend, call)).rejects.toBe(bug);
  });

  it("tells the whole path on the answer, in order, and who answered", async () => {
    const one = failing("one", "rate-limit");
    const two = failing("two", "overloaded");
    const three = scripted("three", answer("Hello", "three", "z"));
    const backend = withFallback(one, {
      fallbacks: [
        { backend: two, model: "b" },
        { backend: three, model: "c" },
      ],
    });
    const result = await ask(backend, call);
    expect(result).toMatchObject({ text: "Hello", provider: "three", model: "z" });
    expect(result.attempts).toEqual([
      {
        provider: "one",
        model: "one/a",
        error: { kind: "rate-limit", message: "It is rate-limit" },
        duration: expect.any(Number),
      },
      {
        provider: "two",
        model: "b",
        error: { kind: "overloaded", message: "It is overloaded" },
        duration: expect.any(Number),
      },
      { provider: "three", model: "c", duration: expect.any(Number) },
    ]);
    expect([one, two, three].map(({ requests }) => requests.map(({ model }) => model))).toEqual([
      ["one/a"],
      ["b"],
      ["c"],
    ]);
    expect([one.open, two.open, three.open]).toEqual([0, 0, 0]);
  });
  it("tells of a single try too", async () => {
    const result = await ask(withFallback(scripted("one", answer("Hello")), {}), call);
    expect(result.attempts).toEqual([{ provider: "one", model: "one/a", duration: expect.any(Number) }]);
  });
  it("keeps the tries of what is behind it, each once", async () => {
    const inner = (kind: LLMErrorKind) => ({
      provider: "inner",
      model: "i",
      error: { kind, message: "m" },
      duration: 1,
    });
    const answered = { provider: "inner", model: "i", duration: 2 };
    const error = new LLMError({ kind: "server", message: "broken", attempts: [inner("timeout"), inner("server")] });
    const one = scripted("one", [error]);
    const two = scripted("two", [start("two"), ...text(["x"]), finish({ attempts: [inner("overloaded"), answered] })]);
    const { attempts } = await ask(withFallback(one, { fallbacks: [{ backend: two }] }), call);
    expect(attempts).toEqual([inner("timeout"), inner("server"), inner("overloaded"), answered]);
  });
  it("fails with the last error, which tells all that were tried", async () => {
    const two = scripted("two", [
      new LLMError({ kind: "server", message: "It broke", status: 503, requestId: "r", provider: "two" }),
    ]);
    const error = await errorOf(
      ask(withFallback(failing("one", "rate-limit"), { fallbacks: [{ backend: two, model: "b" }] }), call),
    );
    expect(error).toMatchObject({ kind: "server", status: 503, requestId: "r", provider: "two" });
    expect(error.message).toBe("It broke (tried one/a: rate-limit, b: server)");
    expect(error.attempts?.map(({ model, error }) => [model, error?.kind, error?.status])).toEqual([
      ["one/a", "rate-limit", undefined],
      ["b", "server", 503],
    ]);
  });

  it("goes on down the list when a fallback fails, to a list of its own where the kind has one", async () => {
    const small = failing("small", "context-window-exceeded");
    const large = scripted("large", answer("large", "large"));
    const rest = scripted("rest", answer("rest", "rest"));
    const one = () => failing("one", "server");
    const both = { fallbacks: [{ backend: small }, { backend: rest }], contextWindow: [{ backend: large }] };
    expect((await ask(withFallback(one(), both), call)).text).toBe("large");
    expect((await ask(withFallback(one(), { fallbacks: both.fallbacks }), call)).text).toBe("rest");
    const badly = { fallbacks: [{ backend: failing("bad", "invalid-request") }, { backend: rest }] };
    expect((await ask(withFallback(one(), badly), call)).text).toBe("rest");
    const refused = { fallbacks: [{ backend: failing("prude", "content-policy") }, { backend: rest }] };
    expect((await errorOf(ask(withFallback(one(), refused), call))).kind).toBe("content-policy");
    const broken = {
      contextWindow: [{ backend: failing("w", "server") }, { backend: large }],
      fallbacks: [{ backend: rest }],
    };
    expect((await ask(withFallback(failing("one", "context-window-exceeded"), broken), call)).text).toBe("large");
  });
  it("runs names on the same backend, by the model that was asked for, and none twice", async () => {
    const router = scripted("router", [failure("server")]);
    const table = { "one/a": ["one/a", "two/b", "two/b2"], "*": ["three/c"] };
    await errorOf(ask(withFallback(router, { fallbacks: table }), call));
    expect(router.requests.map(({ model }) => model)).toEqual(["one/a", "two/b", "two/b2"]);
    await errorOf(ask(withFallback(router, { fallbacks: table }), call, { ...HI, model: "other/x" }));
    expect(router.requests.slice(3).map(({ model }) => model)).toEqual(["other/x", "three/c"]);
    await errorOf(ask(withFallback(router, { fallbacks: { "one/a": ["two/b"] } }), call, { ...HI, model: "toString" }));
    expect(router.requests).toHaveLength(6);
  });
  it("changes the request for one target alone", async () => {
    const two = failing("two", "server");
    const three = scripted("three", answer("x", "three"));
    const request = vi.fn((request) => ({ ...request, temperature: 0 }));
    const backend = withFallback(failing("one", "server"), {
      fallbacks: [{ backend: two, model: "b", request }, { backend: three }],
    });
    await ask(backend, call);
    expect(request).toHaveBeenCalledWith({ ...HI, model: "b" });
    expect(two.requests[0]).toMatchObject({ model: "b", temperature: 0 });
    expect(three.requests[0]).toMatchObject(HI);
    expect(three.requests[0]).not.toHaveProperty("temperature");
  });
  it("lets `when` decide, and tells a listener before each try", async () => {
    const notices: FallbackNotice[] = [];
    const two = scripted("two", answer("two", "two"));
    const options: FallbackOptions = {
      fallbacks: [{ backend: two, model: "b" }],
      onFallback: (notice) => notices.push(notice),
    };
    const error = await errorOf(ask(withFallback(failing("one", "server"), { ...options, when: () => false }), call));
    expect([error.kind, notices]).toEqual(["server", []]);
    const when = vi.fn(() => true);
    expect((await ask(withFallback(failing("one", "invalid-request"), { ...options, when }), call)).text).toBe("two");
    expect(when).toHaveBeenCalledWith(expect.objectContaining({ kind: "invalid-request" }), {
      provider: "two",
      model: "b",
    });
    expect(notices).toEqual([
      {
        error: expect.objectContaining({ kind: "invalid-request" }),
        from: { provider: "one", model: "one/a" },
        to: { provider: "two", model: "b" },
        attempt: 2,
      },
    ]);
    const undecided = withFallback(failing("one", "content-policy"), { ...options, when: () => undefined });
    expect((await errorOf(ask(undecided, call))).kind).toBe("content-policy");
  });
  it("ends with what a listener throws", async () => {
    const stop = new Error("stop");
    const two = scripted("two", answer("x"));
    const backend = withFallback(failing("one", "server"), {
      fallbacks: [{ backend: two }],
      onFallback: () => {
        throw stop;
      },
    });
    await expect(ask(backend, call)).rejects.toBe(stop);
    expect(two.requests).toEqual([]);
  });
  it("takes an answer that was filtered before it said anything for a refusal, where that can be taken elsewhere", async () => {
    const filtered = () =>
      scripted("one", [start(), finish({ finishReason: { unified: "content-filter", raw: "content_filter" } })]);
    const result = await ask(withFallback(filtered(), lists()), call);
    expect(result.text).toBe("policy");
    expect(result.attempts?.[0]).toMatchObject({ provider: "one", error: { kind: "content-policy" } });
    expect((await ask(withFallback(filtered(), {}), call)).finishReason.unified).toBe("content-filter");
  });
  it("tries no other once the caller has given up", async () => {
    const controller = new AbortController();
    const two = scripted("two", answer("x"));
    const one = scripted("one", ["hang"]);
    const running = errorOf(
      ask(withFallback(one, { fallbacks: [{ backend: two }] }), call, { ...HI, signal: controller.signal } as never),
    );
    await vi.waitFor(() => expect(one.open).toBe(1));
    controller.abort();
    expect((await running).kind).toBe("aborted");
    expect([two.requests.length, one.open]).toEqual([0, 0]);
  });
  it("keeps a hundred calls at once apart", async () => {
    const router = mockBackend(({ model, user }) => (model === "one/a" ? failure("server") : `${user}`));
    const backend = withFallback(router, { fallbacks: ["two/b"] });
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, n) => ask(backend, call, { ...HI, user: String(n) } as never)),
    );
    expect(results.map(({ text }) => text)).toEqual(results.map((_, n) => String(n)));
    expect(results.every(({ attempts }) => attempts?.length === 2)).toBe(true);
  });
});

describe("the limit on the whole call", () => {
  it.each(CALLS)("spans all tries, the others hold for each: %s", async (call) => {
    vi.useFakeTimers();
    try {
      const one = scripted("one", ["hang"]);
      const two = scripted("two", ["hang"]);
      const slow = defineMiddleware({})(one);
      const backend = withFallback(slow, {
        fallbacks: [{ backend: two }, { backend: scripted("three", answer("x")) }],
      });
      const running = errorOf(ask(backend, call, { ...HI, timeout: { total: 1000, betweenEvents: 7 } } as never));
      await vi.advanceTimersByTimeAsync(999);
      expect(one.open).toBe(1);
      await vi.advanceTimersByTimeAsync(2);
      expect(await running).toMatchObject({ kind: "timeout" });
      expect(one.requests[0]?.timeout).toEqual({ betweenEvents: 7 });
      expect([one.open, two.requests.length, vi.getTimerCount()]).toEqual([0, 0, 0]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a stream", () => {
  it("hands over its first event before the last has come, and of failed tries nothing", async () => {
    const two = scripted("two", [start("two"), ...text(["Hel"], false), "hang"]);
    const stream = withFallback(failing("one", "server"), { fallbacks: [{ backend: two }] })
      .stream(HI)
      [Symbol.asyncIterator]();
    expect((await stream.next()).value).toMatchObject({ type: "start", provider: "two" });
    expect((await stream.next()).value).toMatchObject({ type: "text-start" });
    expect((await stream.next()).value).toMatchObject({ delta: "Hel" });
  });
  it("goes nowhere once it has said something; the failure tells the path and what was said", async () => {
    const three = scripted("three", answer("x"));
    const two = scripted("two", [start("two"), ...text(["Hel"], false), failure("connection", "two")]);
    const backend = withFallback(failing("one", "server"), { fallbacks: [{ backend: two }, { backend: three }] });
    const error = await errorOf(collect(backend.stream(HI)));
    expect(error).toMatchObject({ kind: "connection", partial: { text: "Hel", reasoning: "" } });
    expect(error.attempts?.map(({ provider, error }) => [provider, error?.kind])).toEqual([
      ["one", "server"],
      ["two", "connection"],
    ]);
    expect(three.requests).toEqual([]);
  });
  it("asks for nothing until it is iterated", async () => {
    const one = failing("one", "server");
    const stream = withFallback(one, { fallbacks: ["two"] })
      .stream(HI)
      [Symbol.asyncIterator]();
    await stream.return?.();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(one.requests).toEqual([]);
  });
  it("opens nothing more when it is left while a try is being opened, and ends that try", async () => {
    const two = scripted("two", ["hang"]);
    const three = scripted("three", answer("x"));
    const stream = withFallback(failing("one", "server"), { fallbacks: [{ backend: two }, { backend: three }] })
      .stream(HI)
      [Symbol.asyncIterator]();
    const first = stream.next();
    await vi.waitFor(() => expect(two.open).toBe(1));
    await stream.return?.();
    expect(await first).toEqual({ done: true, value: undefined });
    expect([two.open, three.requests.length]).toEqual([0, 0]);
  });
  it("ends a try that is being opened also where the caller has a signal, and where the backend heeds none", async () => {
    const one = scripted("one", ["hang"]);
    const stream = withFallback(one, {})
      .stream({ ...HI, signal: new AbortController().signal })
      [Symbol.asyncIterator]();
    const first = stream.next();
    await vi.waitFor(() => expect(one.open).toBe(1));
    await stream.return?.();
    expect(await first).toEqual({ done: true, value: undefined });
    expect(one.open).toBe(0);

    let end: (result: { done: true; value: undefined }) => void = () => undefined;
    const iterator = {
      next: () => new Promise<any>((resolve) => (end = resolve)),
      return: vi.fn(async () => {
        end({ done: true, value: undefined });
        return { done: true as const, value: undefined };
      }),
    };
    const deaf = {
      provider: "deaf",
      stream: () => ({ [Symbol.asyncIterator]: () => iterator }),
    } as never as LLMBackend;
    const other = withFallback(deaf, {}).stream(HI)[Symbol.asyncIterator]();
    const waiting = other.next();
    await vi.waitFor(() => expect(end.length).toBe(1));
    await other.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(iterator.return).toHaveBeenCalled();
  });
  it("leaves the stream behind it when it is left", async () => {
    const two = scripted("two", answer("Hello", "two"));
    for await (const event of withFallback(failing("one", "server"), { fallbacks: [{ backend: two }] }).stream(HI)) {
      if (event.type === "text-start") break;
    }
    expect(two.open).toBe(0);
  });
  it("passes on events that it does not know", async () => {
    const odd = { type: "aura", colour: "blue" } as never as StreamEvent;
    const { events } = await eventsOf(withFallback(scripted("one", [start(), odd, finish()]), {}).stream(HI));
    expect(events[1]).toBe(odd);
  });
});

describe("other calls", () => {
  const unavailable = async (): Promise<never> => {
    throw failure("server", "one");
  };
  it("keeps embeddings to the list of their own", async () => {
    const one: LLMBackend = { ...mockBackend(), embed: unavailable };
    const two = mockBackend("x", { provider: "two" });
    const asked = { model: "e", values: ["a"] };
    await expect(withFallback(one, { fallbacks: [{ backend: two }] }).embed!(asked)).rejects.not.toHaveProperty(
      "attempts",
    );
    await expect(withFallback(one, { fallbacks: { e: [{ backend: two }] } }).embed!(asked)).rejects.toThrow(
      "It is server",
    );
    const result = await withFallback(one, { embed: [{ backend: two, model: "deployment" }] }).embed!(asked);
    expect(result).toMatchObject({
      provider: "two",
      attempts: [{ error: { kind: "server" } }, { provider: "two", model: "deployment" }],
    });
  });
  it("takes the others only to what is named for their model, and passes over backends that lack them", async () => {
    const speak = vi.fn(async () => ({ provider: "two", model: "v", audio: new Uint8Array() }) as never);
    const one: LLMBackend = { ...mockBackend(), speak: unavailable };
    const two: LLMBackend = { ...mockBackend(), speak };
    const asked = { model: "voice", text: "Hello" } as never;
    await expect(withFallback(one, { fallbacks: [{ backend: two }] }).speak!(asked)).rejects.toThrow("It is server");
    await expect(withFallback(one, { fallbacks: { "*": [{ backend: two }] } }).speak!(asked)).rejects.toThrow(
      "It is server",
    );
    const backend = withFallback(one, { fallbacks: { voice: [{ backend: mockBackend() }, { backend: two }] } });
    expect(await backend.speak!(asked)).toMatchObject({ provider: "two" });
    expect(speak).toHaveBeenCalledOnce();
  });
  it("never counts by, or lists, the models of another", async () => {
    const one: LLMBackend = { ...mockBackend(), countTokens: unavailable, listModels: unavailable };
    const two: LLMBackend = {
      ...mockBackend(),
      countTokens: async () => ({ inputTokens: 1 }),
      listModels: async () => [],
    };
    const backend = withFallback(one, { fallbacks: { c: [{ backend: two }] } });
    await expect(backend.countTokens!({ model: "c", messages: [] })).rejects.toThrow("It is server");
    await expect(backend.listModels!()).rejects.toThrow("It is server");
  });
  it("has the calls of what is behind it, no more and no fewer", () => {
    expect("embed" in withFallback(mockBackend(), {})).toBe(true);
    expect(
      "speak" in
        withFallback(mockBackend() as LLMBackend, {
          fallbacks: [{ backend: { ...mockBackend(), speak: unavailable } }],
        }),
    ).toBe(false);
  });
});

describe("options", () => {
  it.each([
    ["fallbacks", { fallbacks: "one" }],
    ["fallbacks[0]", { fallbacks: [""] }],
    ["fallbacks[1]", { fallbacks: ["a", {}] }],
    ["fallbacks[0]", { fallbacks: [null] }],
    ["fallbacks[0].backend", { fallbacks: [{ backend: {} }] }],
    ["fallbacks[0].model", { fallbacks: [{ model: "" }] }],
    ["fallbacks[0].request", { fallbacks: [{ model: "a", request: 1 }] }],
    [`contextWindow["a"]`, { contextWindow: { a: "b" } }],
    [`contentPolicy["a"][0]`, { contentPolicy: { a: [1] } }],
    ["embed", { embed: 7 }],
    ["when", { when: true }],
    ["onFallback", { onFallback: {} }],
    ["recover.attempts", { recover: { attempts: 0 } }],
    ["recover.attempts", { recover: { attempts: 1.5 } }],
    ["recover.on", { recover: { on: "other" } }],
    ["recover.on[0]", { recover: { on: [{}] } }],
    ["recover.price", { recover: { price: 3 } }],
    ["recover.continueWith", { recover: { continueWith: "x" } }],
  ])("names what is wrong: %s", (parameter, options) => {
    expect(() => withFallback(mockBackend(), options as never)).toThrow(
      expect.objectContaining({ kind: "invalid-request", parameter }),
    );
  });
});
