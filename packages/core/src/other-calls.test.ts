import { describe, expect, it, vi } from "vitest";
import type { AdapterBackend } from "./adapter-backend.js";
import { createLLM } from "./create-llm.js";
import { LLMError } from "./errors.js";
import { everyCall } from "./every-call.js";
import { defineMiddleware } from "./middleware.js";
import { OPTIONAL_CALLS } from "./optional-calls.js";
import { withRetry } from "./retry.js";
import { fakeAdapter } from "./testing/fakes.js";
import { withTimeout } from "./timeout.js";

const NONE = { inputTokens: { total: 0 } };
const backend: Partial<AdapterBackend> = {
  rerank: async ({ documents, topN = documents.length }, context) => {
    context.warn({ type: "other", message: "hm" });
    return { ranking: documents.map((_, index) => ({ index, score: 1 })).slice(0, topN), usage: NONE, response: {} };
  },
  moderate: async ({ values, model }) => ({
    results: values.map(() => ({ flagged: false, categories: {}, scores: {} })),
    usage: { ...NONE, raw: model },
    response: {},
  }),
};

/** What is wrong with each call that names no more than a model. */
const FAULTS = {
  embed: "values",
  rerank: "query",
  transcribe: "audio",
  speak: "text",
  generateImage: "prompt",
  moderate: "values",
} as const;

describe("the calls that not every backend has", () => {
  it("are routed by the model's prefix, and told to the adapter without it", async () => {
    const llm = createLLM({ adapters: [fakeAdapter(backend)] });
    const { ranking, provider, model, warnings } = await llm.rerank({
      model: "acme/r/1",
      query: "a",
      documents: ["b", "c"],
      topN: 1,
    });
    expect({ ranking, provider, model }).toEqual({ ranking: [{ index: 0, score: 1 }], provider: "acme", model: "r/1" });
    expect(warnings).toHaveLength(1);
    expect((await llm.moderate({ model: "acme/m", values: ["x"] })).usage.raw).toBe("m");
  });

  it.each(OPTIONAL_CALLS.filter((name) => name !== "rerank" && name !== "moderate" && name !== "listModels"))(
    "%s is an unsupported error where the adapter has it not",
    async (name) => {
      const llm = createLLM({ adapters: [fakeAdapter(backend)] });
      await expect(llm[name]({ model: "acme/m" } as never)).rejects.toMatchObject({
        kind: "unsupported",
        provider: "acme",
        model: "m",
        message: expect.stringMatching(/^Acme (can't|has no)/),
      });
    },
  );

  it.each(Object.entries(FAULTS))("%s without %s says so before anything is sent", async (name, parameter) => {
    const call = vi.fn();
    const llm = createLLM({ adapters: [fakeAdapter({ [name]: call })] });
    await expect(llm[name as keyof typeof FAULTS]({ model: "acme/m" } as never)).rejects.toMatchObject({
      kind: "invalid-request",
      parameter,
    });
    expect(call).not.toHaveBeenCalled();
  });

  it("are told apart by a policy that treats them alike", async () => {
    const names: string[] = [];
    const named = defineMiddleware(
      everyCall((request, call, name) => {
        names.push(name);
        return call(request);
      }),
    );
    const calls = ["generate", ...OPTIONAL_CALLS] as const;
    const behind = Object.fromEntries(calls.map((name) => [name, async () => name]));
    const llm = named({ provider: "own", ...behind } as never) as unknown as Record<
      string,
      (of: object) => Promise<string>
    >;
    for (const name of calls) expect(await llm[name]?.({})).toBe(name);
    expect(names).toEqual(calls);
  });

  it("pass through a middleware that knows nothing of them, and keep their `this`", async () => {
    class Own {
      readonly provider = "own";
      readonly found = 7;
      generate = vi.fn();
      stream = vi.fn();
      async rerank(): Promise<never> {
        return { found: this.found } as never;
      }
    }
    const plain = defineMiddleware({})(new Own() as never);
    expect(await plain.rerank?.({ query: "", documents: [] })).toEqual({ found: 7 });
    const around = defineMiddleware(everyCall((request, call) => call(request)))(new Own() as never);
    expect(await around.rerank?.({ query: "", documents: [] })).toEqual({ found: 7 });
    expect(plain.speak).toBeUndefined();
  });

  it("are retried and timed as the others are", async () => {
    const rerank = vi
      .fn()
      .mockRejectedValueOnce(new LLMError({ kind: "server", message: "down" }))
      .mockResolvedValue({ ranking: [], usage: NONE, response: {} });
    const llm = createLLM({ adapters: [fakeAdapter({ rerank })] });
    await withRetry(llm, { retries: 1, minWait: 0, maxWait: 0 }).rerank({ model: "acme/m", query: "", documents: [] });
    expect(rerank).toHaveBeenCalledTimes(2);
    const stuck = createLLM({ adapters: [fakeAdapter({ rerank: () => new Promise(() => {}) })] });
    await expect(
      withTimeout(stuck, { total: 0 }).rerank({ model: "acme/m", query: "", documents: [] }),
    ).rejects.toMatchObject({ kind: "timeout" });
  });

  it("are seen by a middleware that names them", async () => {
    const queries: string[] = [];
    const noted = defineMiddleware({
      rerank: (request, next) => {
        queries.push(request.query);
        return next.rerank(request);
      },
    });
    const llm = createLLM({ adapters: [fakeAdapter(backend)], middleware: [noted] });
    await llm.rerank({ model: "acme/m", query: "why", documents: [] });
    expect(queries).toEqual(["why"]);
  });
});
