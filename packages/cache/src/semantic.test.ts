import { collect, type GenerateRequest, type Message } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withSemanticCache } from "./semantic.js";
import { counting, question, semantic } from "./testing/semantic.js";
import { withCache } from "./with-cache.js";

const NOW = Date.UTC(2026, 0, 1, 12);
beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

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
