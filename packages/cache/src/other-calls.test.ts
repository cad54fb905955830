import type { GenerateRequest, LLMBackend } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { memoryCache } from "./memory-cache.js";
import { textStore } from "./testing/text-store.js";
import { withCache } from "./with-cache.js";

const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "Why is the sky blue?" }] };
const facts = { warnings: [], provider: "p", model: "m", response: { headers: { a: "b" } } };
const usage = { inputTokens: { total: 3 } };

let calls: number;
beforeEach(() => {
  calls = 0;
});
const counted = async <T>(answer: T): Promise<T> => {
  calls += 1;
  return structuredClone(answer);
};
const transcript = { text: "Hi", language: undefined, duration: 1, segments: [], words: [] };
const backend: LLMBackend = {
  ...mockBackend(),
  embed: ({ values }) => {
    const embeddings = values.map((value) => Float32Array.of(value.length, 0.1));
    return counted({ ...facts, usage, embeddings, cost: { total: 1, source: "own" } });
  },
  rerank: () => counted({ ...facts, usage, ranking: [{ index: 0, score: 0.5 }] }),
  moderate: () =>
    counted({ ...facts, usage, results: [{ flagged: false, categories: { a: true }, scores: { a: 1 } }] }),
  countTokens: () => counted({ inputTokens: 5 }),
  listModels: () => counted([{ id: "m" }]),
  transcribe: () => counted({ ...facts, ...transcript, usage: usage as never }),
};

type Call = (llm: LLMBackend) => Promise<object>;
const embed: Call = (llm) => llm.embed!({ model: "m", values: ["a", "bc"] });
const rerank: Call = (llm) => llm.rerank!({ model: "m", query: "q", documents: ["d"] });
const moderate: Call = (llm) => llm.moderate!({ model: "m", values: ["v"] });
const countTokens: Call = (llm) => llm.countTokens!(request);

describe("calls other than generate", () => {
  it.each(Object.entries({ embed, rerank, moderate, countTokens }))(
    "%s is answered from what was kept",
    async (name, call) => {
      const texts = textStore();
      for (const store of [memoryCache(), texts]) {
        calls = 0;
        const first = await call(withCache(backend, { store }));
        if (store === texts) await vi.waitFor(() => expect(texts.texts.size).toBe(1));
        const llm = withCache(backend, { store });
        const { cachedAt, ...again } = (await call(llm)) as { cachedAt?: Date };
        expect(calls).toBe(1);
        const { response: _, ...known } = first as { response?: object };
        const free = "cost" in known ? { cost: { total: 0, source: "own" } } : {};
        expect(again).toEqual({ ...known, ...(name !== "countTokens" && { response: {} }), ...free });
        expect(cachedAt instanceof Date).toBe(name !== "countTokens");
        for (const vector of (again as { embeddings?: Float32Array[] }).embeddings ?? []) vector.fill(9);
        expect(await call(llm)).not.toMatchObject({ embeddings: [Float32Array.of(9, 9), Float32Array.of(9, 9)] });
      }
    },
  );

  it("of other kinds go through, and what the backend lacks is not added", async () => {
    const llm = withCache(backend);
    for (let time = 0; time < 2; time++) {
      await llm.listModels!();
      await llm.transcribe!({ audio: Uint8Array.of(1) });
    }
    expect(calls).toBe(4);
    expect(llm.speak).toBeUndefined();
    expect(llm.provider).toBe("mock");
  });

  it.each<[string, Call, (answer: any) => object]>([
    ["too few vectors", embed, ({ embeddings }) => ({ embeddings: embeddings.slice(1) })],
    ["lists for vectors", embed, () => ({ embeddings: [[1], [2]] })],
    ["documents that were not given", rerank, () => ({ ranking: [{ index: 7, score: 1 }] })],
    ["no score", rerank, () => ({ ranking: [{ index: 0 }] })],
    ["too many verdicts", moderate, ({ results }) => ({ results: [...results, ...results] })],
    ["a verdict of another kind", moderate, ({ results }) => ({ results: [{ ...results[0], flagged: "no" }] })],
    ["a verdict without scores", moderate, ({ results }) => ({ results: [{ ...results[0], scores: null }] })],
    ["a text for a count", countTokens, () => ({ inputTokens: "5" })],
    ["no provider", embed, () => ({ provider: undefined })],
  ])("are asked again where a store has %s for them", async (_, call, spoil) => {
    const store = textStore();
    await call(withCache(backend, { store }));
    await vi.waitFor(() => expect(store.texts.size).toBe(1));
    const [[key, text]] = [...store.texts] as [[string, string]];
    const entry = JSON.parse(text);
    store.texts.set(key, JSON.stringify({ ...entry, answer: { ...entry.answer, ...spoil(entry.answer) } }));
    const onFailure = vi.fn();
    await call(withCache(backend, { store, onFailure }));
    expect(calls).toBe(2);
    expect(onFailure).toHaveBeenCalledWith(expect.objectContaining({ during: "get" }));
  });
});
