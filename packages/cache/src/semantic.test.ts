import { collect, type GenerateRequest, type LLMBackend, LLMError, type Message } from "@llmux/core";
import { type MockScript, mockBackend } from "@llmux/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type SemanticCacheOptions, type SemanticHit, withSemanticCache } from "./semantic.js";
import { withCache } from "./with-cache.js";

const NOW = Date.UTC(2026, 0, 1, 12);
beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

const counting: MockScript = (_, call) => `Answer ${call}`;
/** The vector of a question is the angle that it names: "Why? 30°". */
const angled = (text: string): number[] => {
  const angle = (Number(/(-?\d+)°/.exec(text)?.[1] ?? 0) * Math.PI) / 180;
  return [5 * Math.cos(angle), 5 * Math.sin(angle)];
};
const question = (angle: number, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  model: "m",
  messages: [
    { role: "system", content: "Be short." },
    { role: "user", content: `Why? ${angle}°` },
  ],
  ...more,
});

function semantic(script: MockScript = counting, options: Partial<SemanticCacheOptions> = {}) {
  const backend = mockBackend(script);
  const embed = mockBackend("", { embed: angled });
  const embedded = vi.spyOn(embed, "embed");
  const hits: SemanticHit[] = [];
  const failures: unknown[] = [];
  const llm = withSemanticCache(backend, {
    ...{ embed, model: "e", onHit: (hit) => hits.push(hit), onFailure: ({ error }) => failures.push(error) },
    ...options,
  });
  const ask = async (angle: number, more?: Partial<GenerateRequest>) =>
    (await llm.generate(question(angle, more))).text;
  return { llm, ask, backend, embedded, hits, failures };
}

describe("a question that means nearly the same", () => {
  it("has the answer of the nearest, and says how near that was", async () => {
    const { llm, ask, hits, backend } = semantic(() => ({
      text: "Blue",
      result: { cost: { total: 1, source: "own" }, providerMetadata: { acme: { x: 1 } } },
    }));
    await ask(0);
    const near = await llm.generate(question(10));
    const similarity = expect.closeTo(Math.cos(Math.PI / 18), 5);
    expect(near).toMatchObject({
      ...{ text: "Blue", cachedAt: new Date(NOW), cost: { total: 0 } },
      providerMetadata: { acme: { x: 1 }, llmux: { similarity } },
    });
    expect(hits).toEqual([
      { call: "generate", model: "m", cachedAt: new Date(NOW), similarity, saved: { total: 1, source: "own" } },
    ]);
    expect(await collect(llm.stream(question(10)))).toEqual(near);
    expect(backend.requests).toHaveLength(1);
  });

  it("takes the nearest of several, and none that is too far", async () => {
    const { ask } = semantic();
    expect([await ask(0), await ask(30), await ask(17), await ask(14)]).toEqual([
      "Answer 0",
      "Answer 1",
      "Answer 1",
      "Answer 0",
    ]);
    const strict = semantic(counting, { threshold: 1 });
    expect([await strict.ask(0), await strict.ask(1), await strict.ask(0)]).toEqual([
      "Answer 0",
      "Answer 1",
      "Answer 0",
    ]);
  });

  it("is answered from what a stream said, if that was heard to its end", async () => {
    const { llm, ask } = semantic();
    await collect(llm.stream(question(0)));
    expect(await ask(1)).toBe("Answer 0");
    for await (const { type } of llm.stream(question(90))) if (type === "text-delta") break;
    expect(await ask(90)).toBe("Answer 2");
  });

  const turns = (...messages: Message[]): Partial<GenerateRequest> => ({ messages });
  const asks: Message = { role: "user", content: "Why? 0°" };
  it.each<[string, Partial<GenerateRequest>]>([
    ["system prompt", turns({ role: "system", content: "Be long." }, asks)],
    ["earlier turns", turns({ role: "user", content: "Hi" }, { role: "assistant", content: "Hi" }, asks)],
    ["speaker", turns({ role: "system", content: "Be short." }, { ...asks, role: "user", name: "Ann" } as Message)],
    ["model", { model: "n" }],
    ["parameters", { temperature: 0.5 }],
    ["tools", { tools: [{ name: "f" }] }],
    ["key", { context: { key: "b" } }],
    ["namespace", { context: { cache: { namespace: "n" } } }],
    ["headers", { headers: { "x-beta": "1" } }],
  ])("has an answer of its own where the %s differ", async (_, more) => {
    const { ask } = semantic();
    await ask(0);
    expect(await ask(0, more)).toBe("Answer 1");
    expect(await ask(0, more)).toBe("Answer 1");
    expect(await ask(0)).toBe("Answer 0");
  });

  it("is one question as a text and as a part", async () => {
    const { ask } = semantic();
    await ask(0);
    expect(
      await ask(
        0,
        turns({ role: "system", content: "Be short." }, { role: "user", content: [{ type: "text", text: "Why? 1°" }] }),
      ),
    ).toBe("Answer 0");
  });
});

describe("left alone", () => {
  const image = { type: "image" as const, data: Uint8Array.of(1), mediaType: "image/png" };
  const call = { type: "tool-call" as const, id: "1", name: "f", input: {} };
  it.each<[string, Partial<GenerateRequest>]>([
    ["images", { messages: [{ role: "user", content: [image] }] }],
    ["texts with images", { messages: [{ role: "user", content: [{ type: "text", text: "What? 0°" }, image] }] }],
    [
      "images of before",
      {
        messages: [
          { role: "user", content: [image] },
          { role: "user", content: "Why?" },
        ],
      },
    ],
    [
      "several texts",
      {
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "a" },
              { type: "text", text: "b" },
            ],
          },
        ],
      },
    ],
    [
      "tool results",
      {
        messages: [
          { role: "assistant", content: [call] },
          { role: "tool", content: [{ type: "tool-result", toolCallId: "1", output: "x" }] },
        ],
      },
    ],
    [
      "tool calls of before",
      {
        messages: [
          { role: "assistant", content: [call] },
          { role: "user", content: "Why?" },
        ],
      },
    ],
    ["turns of the assistant's", { messages: [{ role: "assistant", content: "Well" }] }],
    ["nothing", { messages: [{ role: "user", content: " " }] }],
    ["calls that want no cache", { context: { cache: false } }],
  ])("are requests with %s", async (_, more) => {
    const { ask, embedded } = semantic();
    expect([await ask(0, more), await ask(0, more)]).toEqual(["Answer 0", "Answer 1"]);
    expect(embedded).not.toHaveBeenCalled();
  });

  it.each<[string, MockScript]>([
    ["tool calls", { text: "Hi", toolCalls: [{ name: "f", input: {} }] }],
    ["what was filtered", { text: "Hi", finishReason: "content-filter" }],
  ])("are answers with %s", async (_, script) => {
    const { ask, backend } = semantic(script);
    await ask(0);
    await ask(0);
    expect(backend.requests).toHaveLength(2);
  });

  it("are other calls, and what `when` excludes", async () => {
    const { llm, ask, embedded } = semantic(counting, { when: ({ temperature }) => temperature === 0 });
    await ask(0);
    await llm.embed!({ values: ["a"] });
    expect(embedded).not.toHaveBeenCalled();
  });
});

describe("a vector that can't be had", () => {
  it.each<[string, LLMBackend["embed"]]>([
    ["fails", async () => Promise.reject(new LLMError({ kind: "server", message: "Down" }))],
    [
      "is missing",
      async () => ({
        embeddings: [],
        usage: { inputTokens: { total: 0 } },
        warnings: [],
        provider: "p",
        model: "e",
        response: {},
      }),
    ],
    [
      "points nowhere",
      async () => ({
        embeddings: [Float32Array.of(0, 0)],
        usage: { inputTokens: { total: 0 } },
        warnings: [],
        provider: "p",
        model: "e",
        response: {},
      }),
    ],
  ])("is a miss where it %s", async (_, embed) => {
    const { ask, failures } = semantic(counting, { embed: { ...mockBackend(), embed } as LLMBackend });
    expect([await ask(0), await ask(0), failures.length]).toEqual(["Answer 0", "Answer 1", 2]);
  });

  it("is waited for only so long", async () => {
    const embed = { ...mockBackend(), embed: () => new Promise<never>(() => {}) };
    const { ask, failures } = semantic(counting, { embed, embedTimeout: 100 });
    const answer = ask(0);
    await vi.advanceTimersByTimeAsync(100);
    expect(await answer).toBe("Answer 0");
    expect(failures).toMatchObject([{ kind: "timeout" }]);
  });

  it("is not waited for where the call is aborted", async () => {
    const embed = { ...mockBackend(), embed: () => new Promise<never>(() => {}) };
    const { ask, backend } = semantic(counting, { embed });
    const controller = new AbortController();
    const answer = ask(0, { signal: controller.signal });
    controller.abort();
    await expect(answer).rejects.toMatchObject({ kind: "aborted" });
    expect(backend.requests).toHaveLength(0);
  });

  it("of another length than before is near to none", async () => {
    let dimensions = 2;
    const embed = mockBackend("", { embed: () => Array(dimensions).fill(1) });
    const { ask } = semantic(counting, { embed });
    await ask(0);
    dimensions = 3;
    expect([await ask(0), await ask(0)]).toEqual(["Answer 1", "Answer 1"]);
  });
});

it("forgets in time, and asks anew where it is told to", async () => {
  const { ask } = semantic(counting, { ttl: 1000 });
  await ask(0);
  expect(await ask(0, { context: { cache: { refresh: true } } })).toBe("Answer 1");
  vi.advanceTimersByTime(1000);
  expect(await ask(0)).toBe("Answer 2");
});

it("inside an exact cache answers what that does not know, and leaves nothing of it there", async () => {
  const { llm: inner, embedded } = semantic();
  const llm = withCache(inner);
  await llm.generate(question(0));
  await llm.generate(question(0));
  expect(embedded).toHaveBeenCalledTimes(1);
  for (let time = 0; time < 2; time++)
    expect((await llm.generate(question(1))).providerMetadata?.llmux).toMatchObject({ similarity: expect.any(Number) });
  expect(embedded).toHaveBeenCalledTimes(3);
});

it.each<Record<string, unknown>>([
  { embed: undefined },
  { embed: { ...mockBackend(), embed: undefined } },
  { model: "" },
  { threshold: 0 },
  { threshold: 1.1 },
  { maxEntries: 0 },
  { maxBytes: 0.5 },
  { embedTimeout: 0 },
  { ttl: 0 },
  { scope: "x" },
  { onHit: 1 },
])("refuses options that make no sense: %o", (options) => {
  expect(() => withSemanticCache(mockBackend(), { embed: mockBackend(), model: "e", ...options } as never)).toThrow(
    expect.objectContaining({ kind: "invalid-request", parameter: Object.keys(options)[0] }),
  );
});
