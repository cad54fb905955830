import { describe, expect, it } from "vitest";
import { jina, together } from "./index.js";

const key = "test-key-0123456789";
const request = { model: "m", query: "q", documents: ["a", "b", "c"] };

async function ranked(answer: object | string, { status = 200, ...more }: { status?: number; topN?: number } = {}) {
  let asked: { url: string; body: object } | undefined;
  const backend = jina({
    apiKey: key,
    fetch: async (url, init) => {
      asked = { url: String(url), body: JSON.parse(init?.body as string) };
      return new Response(typeof answer === "string" ? answer : JSON.stringify(answer), {
        status,
        headers: { "content-type": "application/json", "x-request-id": "r1" },
      });
    },
  }).createBackend();
  const result = await backend.rerank!({
    ...request,
    ...more,
    providerOptions: { jina_ai: { return_documents: false } },
  });
  return { result, asked };
}

describe("rerank", () => {
  it("gives the best first, as Jina counts", async () => {
    const results = [
      { index: 1, relevance_score: 0.2 },
      { index: 0, relevance_score: 0.9, document: { text: "a" } },
    ];
    const { result, asked } = await ranked({ model: "jina", results, usage: { total_tokens: 12 } }, { topN: 2 });
    expect(asked).toEqual({
      url: "https://api.jina.ai/v1/rerank",
      body: { ...request, top_n: 2, return_documents: false },
    });
    expect(result.ranking).toEqual([
      { index: 0, score: 0.9 },
      { index: 1, score: 0.2 },
    ]);
    expect(result.usage).toEqual({ inputTokens: { total: 12 }, raw: { total_tokens: 12 } });
    expect(result.response).toMatchObject({ model: "jina", requestId: "r1" });
    expect([result.provider, result.model]).toEqual(["jina_ai", "m"]);
  });

  it("understands Cohere's meters, and answers without any", async () => {
    const results = [{ index: 2, relevance_score: 0.5 }];
    const meta = { tokens: { input_tokens: 7 }, billed_units: { search_units: 1 } };
    expect((await ranked({ results, meta })).result.usage).toEqual({
      inputTokens: { total: 7 },
      searchUnits: 1,
      raw: meta,
    });
    expect((await ranked({ results })).result.usage).toEqual({ inputTokens: { total: undefined } });
  });

  it.each<[string, object | string]>([
    ["garbage", "<html>"],
    ["nothing", ""],
    ["null", "null"],
    ["no results", { data: [] }],
    ["a document that was not there", { results: [{ index: 3, relevance_score: 1 }] }],
    ["no score", { results: [{ index: 0 }] }],
  ])("of %s is a malformed response", async (_, answer) => {
    await expect(ranked(answer)).rejects.toMatchObject({ kind: "malformed-response", provider: "jina_ai" });
  });

  it("tells a failure for what it is, without the key", async () => {
    const error = await ranked({ detail: `Bad key ${key}` }, { status: 401 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: "authentication", status: 401, message: "Bad key ***" });
  });

  it("ends with the caller's signal", async () => {
    const controller = new AbortController();
    const fetch = (_: unknown, init?: RequestInit): Promise<Response> =>
      new Promise((_, reject) => {
        init?.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
        controller.abort();
      });
    const backend = together({ apiKey: key, fetch }).createBackend();
    await expect(backend.rerank!({ ...request, signal: controller.signal })).rejects.toMatchObject({ kind: "aborted" });
  });
});
