import { type Cost, collect, LLMError, type LLMErrorKind, type StreamEvent } from "@llmux/core";
import { describe, expect, it, vi } from "vitest";
import type { CutAnswer, FallbackNotice, FallbackOptions, RecoverOptions } from "./options.js";
import {
  answer,
  disorder,
  errorOf,
  eventsOf,
  failure,
  finish,
  HI,
  type Scripted,
  type Step,
  scripted,
  start,
  text,
  USAGE,
} from "./testing/scripted.js";
import { withFallback } from "./with-fallback.js";

const SAID = "The quick brown fox";
const REST = " jumps over the lazy dog.";

/** A stream that says this and is cut. */
const cut = (said: string, kind: LLMErrorKind = "connection", provider = "one"): Step[] => [
  start(provider, "a"),
  ...text([said], false),
  failure(kind, provider),
];

const recovering = (backend: Scripted, recover: RecoverOptions = {}, options: FallbackOptions = {}) =>
  withFallback(backend, { recover, ...options });

describe("an answer that is cut", () => {
  it("is continued by the same, with what was said before it, as one stream with the seam marked", async () => {
    const one = scripted("one", cut(SAID), [start("one", "a"), ...text([REST]), finish()]);
    const { events, error } = await eventsOf(recovering(one).stream(HI));
    expect(error).toBeUndefined();
    const seam = {
      from: { provider: "one", model: "a" },
      to: { provider: "one", model: "a" },
      error: "connection",
      offset: SAID.length,
    };
    expect(events).toEqual([
      start("one", "a"),
      { type: "text-start", id: "0" },
      { type: "text-delta", id: "0", delta: SAID },
      { type: "text-end", id: "0", providerMetadata: { llmux: { seam } } },
      { type: "text-start", id: "1~0" },
      { type: "text-delta", id: "1~0", delta: REST },
      { type: "text-end", id: "1~0" },
      {
        type: "finish",
        finishReason: { unified: "stop", raw: "stop" },
        // What was cut: an estimate of 5 tokens each way.
        usage: {
          inputTokens: { total: 3 + 5, cacheRead: undefined, cacheWrite: undefined },
          outputTokens: { total: 2 + 5, reasoning: undefined },
        },
        response: { id: "one-response" },
        warnings: [
          {
            type: "other",
            message: `The answer was cut after ${SAID.length} characters (connection) and continued by one/a. The tokens of the part that was cut are an estimate.`,
          },
        ],
        providerMetadata: { llmux: { seams: [seam] } },
        attempts: [
          {
            provider: "one",
            model: "one/a",
            error: { kind: "connection", message: "It is connection" },
            duration: expect.any(Number),
          },
          { provider: "one", model: "one/a", duration: expect.any(Number) },
        ],
      },
    ]);
    expect(one.requests[1]?.messages).toEqual([
      ...HI.messages,
      { role: "assistant", content: SAID },
      { role: "user", content: expect.stringContaining("Go on from exactly where it stops") },
    ]);
    expect(one.open).toBe(0);
  });
  it("is collected with the seam on its part, and reads as a whole", async () => {
    const one = scripted("one", cut(SAID), [start(), ...text([REST]), finish()]);
    const result = await collect(recovering(one).stream(HI));
    expect(result.text).toBe(SAID + REST);
    expect(result.content).toEqual([
      {
        type: "text",
        text: SAID,
        providerMetadata: { llmux: { seam: expect.objectContaining({ offset: SAID.length }) } },
      },
      { type: "text", text: REST },
    ]);
  });
  it("is continued by the next fallback that was not tried", async () => {
    const notices: FallbackNotice[] = [];
    const two = scripted("two", cut(SAID, "overloaded", "two"));
    const three = scripted("three", answer(REST, "three", "c"));
    const backend = recovering(
      scripted("one", [failure("server")]),
      { on: "next" },
      {
        fallbacks: [{ backend: two }, { backend: three, model: "c" }],
        onFallback: (notice) => notices.push(notice),
      },
    );
    const result = await collect(backend.stream(HI));
    expect(result.text).toBe(SAID + REST);
    expect(result.attempts?.map(({ provider, error }) => [provider, error?.kind])).toEqual([
      ["one", "server"],
      ["two", "overloaded"],
      ["three", undefined],
    ]);
    expect(notices.map(({ to, attempt, offset }) => [to.provider, attempt, offset])).toEqual([
      ["two", 2, undefined],
      ["three", 3, SAID.length],
    ]);
    expect(result.response.id).toBe("three-response");
  });
  it("is continued by a list of its own, down to one that can, and cut again as often as it may be", async () => {
    const two = scripted("two", [failure("authentication", "two")]);
    const three = scripted("three", cut(" jumps over", "server", "three"));
    const four = scripted("four", answer(" the lazy dog.", "four", "d"));
    const on = [{ backend: two }, { backend: three }, { backend: four }];
    const run = (attempts: number) => collect(recovering(scripted("one", cut(SAID)), { on, attempts }).stream(HI));
    const result = await run(3);
    expect(result.text).toBe(SAID + REST);
    expect(result.attempts?.map(({ provider, error }) => [provider, error?.kind])).toEqual([
      ["one", "connection"],
      ["two", "authentication"],
      ["three", "server"],
      ["four", undefined],
    ]);
    expect(result.providerMetadata?.llmux?.seams).toMatchObject([
      { offset: SAID.length },
      { offset: SAID.length + " jumps over".length },
    ]);
    const again = await errorOf(run(2));
    expect(again).toMatchObject({ kind: "server", partial: { text: `${SAID} jumps over` } });
  });
  it("fails as it was cut where nobody could go on, and tells who was asked", async () => {
    const two = scripted("two", [new LLMError({ kind: "invalid-request", message: "No prefill", provider: "two" })]);
    const error = await errorOf(
      collect(recovering(scripted("one", cut(SAID)), { on: [{ backend: two, model: "b" }] }).stream(HI)),
    );
    expect(error).toMatchObject({ kind: "connection", provider: "one", partial: { text: SAID } });
    expect(error.message).toBe("It is connection (tried one/a: connection, b: invalid-request)");
    expect(error.attempts).toHaveLength(2);
  });
  it("is not said twice where the continuation repeats the last words", async () => {
    const repeated: StreamEvent[] = [start(), ...text(["brown", " f", "ox jum", "ps"]), finish()];
    const result = await collect(recovering(scripted("one", cut(SAID), repeated)).stream(HI));
    expect(result.text).toBe(`${SAID} jumps`);
  });
  it("makes no block of a continuation that brings nothing new", async () => {
    const one = scripted("one", cut(SAID), [start(), ...text([SAID]), finish()]);
    const result = await collect(recovering(one).stream(HI));
    expect(result.content).toHaveLength(1);
    const none = scripted("one", cut(SAID), [start(), finish()]);
    expect((await collect(recovering(none).stream(HI))).text).toBe(SAID);
  });
  it("costs what both parts cost, where that is known", async () => {
    const second: Cost = { total: 3, input: 1, output: 2, source: "list" };
    const script = () => scripted("one", cut(SAID), [start(), ...text([REST]), finish({ cost: second })]);
    const price = vi.fn((): Cost => ({ total: 0.5, input: 0.25, output: 0.25, source: "own" }));
    expect((await collect(recovering(script(), { price }).stream(HI))).cost).toEqual({
      total: 3.5,
      input: 1.25,
      output: 2.25,
      source: "list",
    });
    expect(price).toHaveBeenCalledWith({
      provider: "one",
      model: "a",
      usage: expect.objectContaining({ outputTokens: { total: 5 } }),
      at: expect.any(Date),
    });
    expect(await collect(recovering(script()).stream(HI))).not.toHaveProperty("cost");
  });
  it("goes on where nothing but reasoning has come to its end, and takes seals off reasoning of another", async () => {
    const reasoning: StreamEvent[] = [
      { type: "reasoning-start", id: "r" },
      { type: "reasoning-delta", id: "r", delta: "Hm." },
      { type: "reasoning-end", id: "r", signature: "s" },
    ];
    const second = [start("two"), ...reasoning, ...text(["Yes."]), finish()];
    const first: Step[] = [start("one"), ...reasoning, failure("server")];
    const two = scripted("two", second);
    const other = await collect(recovering(scripted("one", first), { on: [{ backend: two }] }).stream(HI));
    expect(two.requests[0]?.messages).toEqual(HI.messages);
    expect(other.content).toEqual([
      { type: "reasoning", text: "Hm.", signature: "s", provider: "one" },
      { type: "reasoning", text: "Hm." },
      { type: "text", text: "Yes." },
    ]);
    const same = await collect(recovering(scripted("one", first, [start("one"), ...second.slice(1)])).stream(HI));
    expect(same.content[1]).toMatchObject({ signature: "s", provider: "one" });
  });
  it("goes on in a block that was cut before its first word", async () => {
    const one = scripted(
      "one",
      [start(), ...text([], false), failure("server")],
      [start(), ...text(["Yes."]), finish()],
    );
    const { events } = await eventsOf(recovering(one).stream(HI));
    expect(disorder(events)).toEqual([]);
    expect(events.filter(({ type }) => type === "text-start")).toHaveLength(1);
    const mute = scripted("one", [start(), ...text([], false), failure("server")], [start(), finish()]);
    expect(disorder((await eventsOf(recovering(mute).stream(HI))).events)).toEqual([]);
  });
  it("keeps what its continuation warns of, and is from no cache where only that was", async () => {
    const dropped = { type: "dropped" as const, parameter: "topK", message: "No topK" };
    const second: StreamEvent[] = [
      { ...start(), warnings: [dropped] } as StreamEvent,
      ...text([REST]),
      finish({ cachedAt: new Date(), warnings: [{ type: "other", message: "At its end" }] }),
    ];
    const result = await collect(recovering(scripted("one", cut(SAID), second)).stream(HI));
    expect(result.warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("was cut"),
      "No topK",
      "At its end",
    ]);
    expect(result).not.toHaveProperty("cachedAt");
  });
  it("is continued in the way of whoever had begun it, also where only its start says who that was", async () => {
    const router = scripted(
      "llmux",
      [start("anthropic", "claude-sonnet-4-5"), ...text([SAID], false), failure("connection")],
      [start("anthropic", "claude-sonnet-4-5"), ...text([REST]), finish()],
    );
    await collect(recovering(router).stream({ messages: HI.messages }));
    expect(router.requests[1]?.messages).toEqual([...HI.messages, { role: "assistant", content: SAID }]);
  });
  it("has no two blocks of one id", async () => {
    const first: Step[] = [start(), ...text(["a"], true, "1~0"), ...text(["b"], false), failure("server")];
    const { events } = await eventsOf(
      recovering(scripted("one", first, [start(), ...text(["c"]), finish()])).stream(HI),
    );
    expect(disorder(events)).toEqual([]);
  });
  it("is continued a hundred times at once, each with its own rest", async () => {
    const one = scripted("one", ({ user = "", messages }) =>
      messages.length === 1
        ? [start(), ...text([`${user}:`], false), failure("connection")]
        : [start(), ...text([` for ${user}`]), finish()],
    );
    const backend = recovering(one);
    const users = Array.from({ length: 100 }, (_, n) => `user-${n}`);
    const results = await Promise.all(users.map((user) => collect(backend.stream({ ...HI, user }))));
    expect(results.map(({ text }) => text)).toEqual(users.map((user) => `${user}: for ${user}`));
  });
  it("may call tools in its continuation", async () => {
    const call: StreamEvent[] = [
      { type: "tool-input-start", id: "0", name: "now" },
      { type: "tool-input-delta", id: "0", delta: "{}" },
      { type: "tool-input-end", id: "0" },
      { type: "tool-call", id: "0", name: "now", input: {} },
    ];
    const one = scripted("one", cut(SAID), [start(), ...call, finish()]);
    const result = await collect(recovering(one).stream(HI));
    expect(result.toolCalls).toEqual([{ type: "tool-call", id: "0", name: "now", input: {} }]);
    // Cut after that, there is no going on.
    const twice = scripted("one", cut(SAID), [start(), ...call, failure("server")], answer("no"));
    expect((await errorOf(collect(recovering(twice, { attempts: 3 }).stream(HI)))).kind).toBe("server");
    expect(twice.requests).toHaveLength(2);
  });
  it("is asked for as the target says, else as the options say", async () => {
    const ask = (name: string) => vi.fn((request: typeof HI, _: CutAnswer) => ({ ...request, user: name }));
    const [general, own] = [ask("general"), ask("own")];
    const two = scripted("two", [failure("server")]);
    const three = scripted("three", answer(REST, "three"));
    const on = [{ backend: two, model: "vendor/b", continueWith: own as never }, { backend: three }];
    await collect(
      recovering(scripted("one", cut(SAID)), { on, attempts: 2, continueWith: general as never }).stream(HI),
    );
    expect(own).toHaveBeenCalledWith(expect.objectContaining({ model: "vendor/b" }), {
      text: SAID,
      error: expect.objectContaining({ kind: "connection" }),
      provider: "vendor",
      model: "b",
    });
    expect([two.requests[0]?.user, three.requests[0]?.user]).toEqual(["own", "general"]);
  });
});

describe("an answer that can't be continued fails as before", () => {
  const blocks: [string, Step[]][] = [
    ["in a tool call", [{ type: "tool-input-start", id: "t", name: "now" }]],
    ["after a tool call", [{ type: "tool-call", id: "t", name: "now", input: {} }]],
    ["in its reasoning", [{ type: "reasoning-start", id: "r" }]],
    ["in a refusal", [{ type: "refusal-start", id: "r" }]],
    ["after a block of the provider's own", [{ type: "provider", provider: "one", value: {} }]],
    ["in two texts at once", text(["x"], false, "1")],
  ];
  it.each(blocks)("%s", async (_, steps) => {
    const one = scripted(
      "one",
      [start(), ...text(["Hel"], false), ...steps, failure("connection", "one")],
      answer("no"),
    );
    const error = await errorOf(collect(recovering(one).stream(HI)));
    expect(error).toMatchObject({ kind: "connection", message: "It is connection" });
    expect(error.partial?.text).toMatch(/^Hel/);
    expect(one.requests).toHaveLength(1);
  });
  it("with structured output", async () => {
    const one = scripted("one", cut('{"a":'), answer("1}"));
    expect((await errorOf(collect(recovering(one).stream({ ...HI, output: "json" })))).kind).toBe("connection");
    expect(one.requests).toHaveLength(1);
  });
  it.each(["content-policy", "invalid-request", "quota-exceeded", "unsupported"] as const)("for %s", async (kind) => {
    const one = scripted("one", cut(SAID, kind), answer("no"));
    expect((await errorOf(collect(recovering(one).stream(HI)))).kind).toBe(kind);
    expect(one.requests).toHaveLength(1);
  });
  it("where it is not opted in, or `when` says no", async () => {
    for (const options of [{}, { recover: {}, when: () => false }]) {
      const one = scripted("one", cut(SAID), answer("no"));
      expect((await errorOf(collect(withFallback(one, options).stream(HI)))).kind).toBe("connection");
      expect(one.requests).toHaveLength(1);
    }
  });
  it("lets through what is no failure of the taxonomy", async () => {
    const bug = {
      get type(): never {
        throw new TypeError("a bug");
      },
    } as never;
    await expect(
      collect(recovering(scripted("one", [start(), ...text(["x"], false), bug])).stream(HI)),
    ).rejects.toThrow("a bug");
  });
});

describe("before the first content", () => {
  it.each(["generate", "stream"] as const)(
    "the lists come first, then whoever would go on begins again: %s",
    async (call) => {
      const one = scripted("one", [failure("server", "one")]);
      const two = scripted("two", [failure("server", "two")]);
      const three = scripted("three", answer("whole", "three"));
      const backend = recovering(one, { on: [{ backend: three }] }, { fallbacks: [{ backend: two }] });
      const result = await (call === "generate" ? backend.generate(HI) : collect(backend.stream(HI)));
      expect(result.text).toBe("whole");
      expect(result.attempts?.map(({ provider }) => provider)).toEqual(["one", "two", "three"]);
      expect(result.warnings).toEqual([]);
    },
  );
  it("generate gets past a cut as a stream does", async () => {
    const one = scripted("one", cut(SAID), answer("whole"));
    expect((await recovering(one).generate(HI)).text).toBe("whole");
  });
});

describe("leaving and aborting", () => {
  const phases: [string, Step[][], number][] = [
    ["before the first content", [["hang"]], 0],
    ["between events", [[start(), ...text(["Hel"], false), "hang"]], 3],
    ["while the continuation is opened", [cut("Hel"), ["hang"]], 3],
    ["in the continuation", [cut("Hel"), [start(), ...text(["lo"], false), "hang"]], 6],
  ];
  it.each(phases)("an abort is felt %s", async (_, scripts, count) => {
    const controller = new AbortController();
    const one = scripted("one", ...scripts, answer("no"));
    const stream = recovering(one, { attempts: 5 })
      .stream({ ...HI, signal: controller.signal })
      [Symbol.asyncIterator]();
    for (let n = 0; n < count; n++) expect((await stream.next()).done).toBe(false);
    const next = stream.next();
    await vi.waitFor(() => expect([one.requests.length, one.open]).toEqual([scripts.length, 1]));
    controller.abort();
    expect(await errorOf(next)).toMatchObject({ kind: "aborted" });
    expect([one.requests.length, one.open]).toEqual([scripts.length, 0]);
    // Before that, core's `deferStream` says again why it could not be opened.
    if (count > 0) expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
  it("leaving while the continuation is opened opens nothing more, and ends it", async () => {
    const one = scripted("one", cut("Hel"), ["hang"], answer("no"));
    const stream = recovering(one, { attempts: 5 }).stream(HI)[Symbol.asyncIterator]();
    for (let n = 0; n < 3; n++) await stream.next();
    const next = stream.next();
    await vi.waitFor(() => expect(one.open).toBe(1));
    await stream.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    expect([one.requests.length, one.open]).toEqual([2, 0]);
  });
  it("leaving the continuation ends it", async () => {
    const one = scripted("one", cut("Hel"), answer("lo there"));
    for await (const event of recovering(one).stream(HI)) if (event.type === "text-start" && event.id !== "0") break;
    expect(one.open).toBe(0);
  });
  it("answers calls that were made without waiting in their order", async () => {
    const one = scripted("one", cut(SAID), [start(), ...text([REST]), finish()]);
    const stream = recovering(one).stream(HI)[Symbol.asyncIterator]();
    const results = await Promise.all(Array.from({ length: 10 }, () => stream.next()));
    expect(results.map(({ value }) => (value as StreamEvent | undefined)?.type)).toEqual([
      "start",
      "text-start",
      "text-delta",
      "text-end",
      "text-start",
      "text-delta",
      "text-end",
      "finish",
      undefined,
      undefined,
    ]);
  });
  it("hands over a chunk of the continuation before the next has come", async () => {
    const one = scripted("one", cut(SAID), [start(), ...text([REST], false), "hang"]);
    const stream = recovering(one).stream(HI)[Symbol.asyncIterator]();
    let value: StreamEvent | undefined;
    for (let n = 0; n < 6; n++) ({ value } = await stream.next());
    expect(value).toEqual({ type: "text-delta", id: "1~0", delta: REST });
  });
});

it("passes through what was not cut as it is, with the path on its end", async () => {
  const script = [start(), ...text(["a", "", "b"]), finish({ usage: USAGE })];
  const { events } = await eventsOf(recovering(scripted("one", script)).stream(HI));
  expect(events.slice(0, -1)).toEqual(script.slice(0, -1));
  expect(events.slice(0, -1).every((event, index) => event === script[index])).toBe(true);
  expect(events.at(-1)).toEqual({
    ...script.at(-1),
    attempts: [{ provider: "one", model: "one/a", duration: expect.any(Number) }],
  });
});
