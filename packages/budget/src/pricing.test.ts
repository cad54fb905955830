import { type EmbedResult, type LLMBackend, LLMError, type TranscribeResult } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { describe, expect, it, vi } from "vitest";
import type { BudgetOptions } from "./options.js";
import { answered, budgeted, dayUSD, exceededBy } from "./testing/budgeted.js";
import { ask, usageOf } from "./testing/calls.js";

describe("a failure", () => {
  const partial = { text: "y".repeat(40), reasoning: "" };
  const kinds = ["rate-limit", "server", "connection", "content-policy", "quota-exceeded"] as const;
  it.each<[string, Error, number]>([
    ...kinds.map((kind): [string, Error, number] => [kind, new LLMError({ kind, message: kind }), 0]),
    ["what is no LLMError", new Error("a bug"), 0],
    ["a timeout, whose input was sent", new LLMError({ kind: "timeout", message: "late" }), 0.1],
    ["an abort, whose input was sent", new LLMError({ kind: "aborted", message: "left" }), 0.1],
    [
      "an answer that can't be read",
      new LLMError({ kind: "malformed-response", message: "?", text: "z".repeat(80) }),
      0.14,
    ],
    ["an answer that was cut", new LLMError({ kind: "connection", message: "cut", partial }), 0.12],
  ])("is charged what it may have cost: %s", async (_, error, cost) => {
    const backend = { ...mockBackend(), generate: () => Promise.reject(error) };
    const llm = budgeted([dayUSD(5)], backend);
    await expect(llm.generate(ask())).rejects.toBe(error);
    expect(await llm.status()).toMatchObject([{ spent: cost, reserved: 0 }]);
  });

  it("of a call for images costs what was sent, and no image", async () => {
    const error = new LLMError({ kind: "timeout", message: "late" });
    const generateImage = () => Promise.reject(error);
    const price = ({
      images = 0,
      usage,
    }: {
      images?: number;
      usage: { inputTokens: { total: number | undefined } };
    }) => ({
      total: images + usage.inputTokens.total! / 1000,
      source: "own" as const,
    });
    const llm = budgeted([dayUSD(5)], { ...mockBackend(), generateImage }, { price });
    await expect(llm.generateImage!({ model: "m", prompt: "x".repeat(40), n: 2 })).rejects.toBe(error);
    expect(await llm.status()).toMatchObject([{ spent: 0.01, reserved: 0 }]);
  });

  it("costs nothing where the call was aborted before it was made", async () => {
    const llm = budgeted([dayUSD(5)]);
    await expect(llm.generate(ask({}, { signal: AbortSignal.abort() }))).rejects.toMatchObject({ kind: "aborted" });
    expect(await llm.status()).toMatchObject([{ spent: 0, reserved: 0 }]);
  });
});

describe("a price that is not known", () => {
  const unpriced = (backend: LLMBackend, more: Partial<BudgetOptions> = {}) =>
    budgeted([dayUSD(1)], backend, { price: () => undefined, ...more });

  it("refuses the call, unless told otherwise", async () => {
    const backend = mockBackend(answered);
    await expect(unpriced(backend).generate(ask())).rejects.toMatchObject({
      kind: "unsupported",
      parameter: "model",
      message: expect.stringMatching(/What "m" costs is not known.*"usd a day"/),
    });
    const throws = () => {
      throw new Error("no list");
    };
    await expect(unpriced(backend, { price: throws }).generate(ask())).rejects.toMatchObject({ kind: "unsupported" });
    await expect(budgeted([dayUSD(1)], backend).generate(ask({}, { model: undefined }))).rejects.toMatchObject({
      message: expect.stringContaining("names no model"),
    });
    expect(backend.requests).toEqual([]);
  });

  it("is of no matter to budgets in tokens, nor where the application has an estimate", async () => {
    await budgeted([{ limit: { tokens: 1000 }, period: "day" }], undefined, { price: undefined }).generate(ask());
    const llm = unpriced(mockBackend(answered), { estimate: ({ kind }) => (kind === "generate" ? { usd: 0.7 } : {}) });
    await llm.generate(ask());
    expect(await llm.status()).toMatchObject([{ spent: 0.7 }]);
    await expect(llm.generate(ask())).rejects.toEqual(exceededBy("usd a day", { needed: 0.7 }));
  });

  it("lets the call go on where that is allowed, as long as anything is left, and charges what it then cost", async () => {
    const onWarning = vi.fn();
    const cost = { total: 1, source: "provider" as const };
    const llm = unpriced(mockBackend({ ...answered, result: { cost } }), { unknownPrice: "allow", onWarning });
    await llm.generate(ask());
    expect(await llm.status()).toMatchObject([{ spent: 1 }]);
    await expect(llm.generate(ask())).rejects.toEqual(exceededBy("usd a day"));
    expect(onWarning.mock.calls).toEqual([[expect.objectContaining({ type: "share", share: 1 })]]);
  });

  it("is told where it is not known after the call either, once for a model", async () => {
    const onWarning = vi.fn();
    const llm = unpriced(mockBackend(answered), { unknownPrice: "allow", onWarning });
    for (let call = 0; call < 3; call++) await llm.generate(ask());
    expect(onWarning.mock.calls).toEqual([[{ type: "unknown-price", budget: "usd a day", model: "m" }]]);
    expect(await llm.status()).toMatchObject([{ spent: 0, reserved: 0 }]);
  });

  it("is looked for under the name of a router, and under the backend's own", async () => {
    const price = vi.fn(() => undefined);
    const llm = unpriced(mockBackend(answered, { provider: "host" }), { price });
    await llm.generate(ask({}, { model: "OpenAI/gpt/4o" })).catch(() => {});
    expect(price.mock.calls).toMatchObject([
      [{ provider: "openai", model: "gpt/4o", usage: usageOf(100, 200) }],
      [{ provider: "host", model: "OpenAI/gpt/4o" }],
    ]);
    await unpriced(mockBackend(), { price, model: "default" })
      .generate(ask({}, { model: undefined }))
      .catch(() => {});
    expect(price).toHaveBeenLastCalledWith(expect.objectContaining({ provider: "mock", model: "default" }));
  });
});

it("is not known where the answer or the price list has a cost that is none", async () => {
  for (const total of [Number.NaN, -1, "1" as never]) {
    const cost = { total, source: "provider" as const };
    const llm = budgeted([dayUSD(5)], mockBackend({ ...answered, result: { cost } }));
    await llm.generate(ask());
    expect(await llm.status()).toMatchObject([{ spent: 0.18 }]);
    await expect(budgeted([dayUSD(5)], undefined, { price: () => cost }).generate(ask())).rejects.toMatchObject({
      kind: "unsupported",
    });
  }
});

describe("the other calls", () => {
  it("count, with what they are billed by", async () => {
    const price = vi.fn((call: { seconds?: number }) => ({ total: (call.seconds ?? 1) / 100, source: "own" as const }));
    const usage = usageOf(undefined, undefined);
    const transcribe = async () =>
      ({ text: "", duration: 30, usage, provider: "p", model: "whisper", response: {} }) as TranscribeResult &
        EmbedResult;
    const llm = budgeted([dayUSD(5)], { ...mockBackend(), transcribe }, { price: price as never });
    await llm.transcribe!({ model: "p/whisper", audio: new Uint8Array(160_000) });
    expect(price.mock.calls).toMatchObject([
      [{ provider: "p", model: "whisper", seconds: 10 }],
      [{ provider: "p", model: "whisper", seconds: 30 }],
    ]);
    expect(await llm.status()).toMatchObject([{ spent: 0.3 }]);
    await llm.embed!({ model: "m", values: ["x".repeat(40)] });
    expect(price).toHaveBeenLastCalledWith(
      expect.objectContaining({ usage: { inputTokens: { total: expect.any(Number) } } }),
    );
    expect(await llm.status()).toMatchObject([{ spent: 0.31 }]);
    expect(llm.speak).toBeUndefined();
  });

  it("count an embedding that costs less than a millionth of a dollar", async () => {
    const llm = budgeted([dayUSD(0.000_001)], undefined, { price: () => ({ total: 0.000_000_2, source: "list" }) });
    for (let call = 0; call < 5; call++) await llm.embed!({ model: "m", values: ["hello"] });
    expect(await llm.status()).toMatchObject([{ spent: 0.000_001, left: 0 }]);
    await expect(llm.embed!({ model: "m", values: ["hello"] })).rejects.toEqual(exceededBy("usd a day"));
  });

  it("are free where they are lists of models and counts of tokens", async () => {
    const free = { listModels: async () => [], countTokens: async () => ({ inputTokens: 1 }) };
    const llm = budgeted([dayUSD(0)], { ...mockBackend(), ...free });
    expect(await llm.listModels!()).toEqual([]);
    expect(await llm.countTokens!({ messages: [] })).toEqual({ inputTokens: 1 });
    await expect(llm.generate(ask())).rejects.toEqual(exceededBy("usd a day"));
  });
});
