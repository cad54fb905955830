import { LLMock } from "@copilotkit/aimock";
import {
  applyMiddleware,
  collect,
  type GenerateRequest,
  type LLMBackend,
  LLMError,
  OPTIONAL_CALLS,
  type Usage,
} from "@llmux/core";
import { openai } from "@llmux/openai";
import { mockBackend } from "@llmux/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPrices } from "./create-prices.js";
import { withCost } from "./with-cost.js";

const request: GenerateRequest = { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] };
const usage: Usage = {
  inputTokens: { total: 1000, cacheRead: 400, cacheWrite: undefined },
  outputTokens: { total: 200, reasoning: undefined },
};
const cost = { total: 0.004, input: 0.002, output: 0.002, source: "list" };
const answers = (result = {}, provider = "openai") =>
  mockBackend(() => ({ text: "Hello", usage, result }), { provider });

describe("withCost", () => {
  it("is on a result, and the same on what a stream gives", async () => {
    const backend = withCost(answers());
    const result = await backend.generate(request);
    expect(result.cost).toEqual(cost);
    expect(result.warnings).toEqual([]);
    expect(await collect(backend.stream(request))).toEqual(result);
  });

  it("is a warning where the price is not known, never 0", async () => {
    const backend = withCost(answers());
    const result = await backend.generate({ ...request, model: "gpt-99" });
    expect(result.cost).toBeUndefined();
    expect(result.warnings).toEqual([
      { type: "other", message: expect.stringMatching(/openai\/gpt-99.*own\["openai\/gpt-99"\]/) },
    ]);
    expect(await collect(backend.stream({ ...request, model: "gpt-99" }))).toEqual(result);
  });

  it("goes by the model that answered where the one asked for is not known", async () => {
    const backend = withCost(answers({ response: { model: "gpt-4o-2024-08-06" } }, "azure"));
    expect((await backend.generate({ ...request, model: "my-deployment" })).cost).toEqual(cost);
    expect((await collect(backend.stream({ ...request, model: "my-deployment" }))).cost).toEqual(cost);
  });

  it("is the provider's own figure where it reports one", async () => {
    const metadata = { providerMetadata: { litellm_proxy: { costUSD: 0.7 } } };
    const backend = withCost(answers(metadata, "litellm_proxy"), {
      own: { "litellm_proxy/*": { input: 1, output: 1 } },
    });
    const result = await backend.generate(request);
    expect(result.cost).toEqual({ total: 0.7, source: "provider" });
    expect(await collect(backend.stream(request))).toEqual(result);
  });

  it("is left as it is on an answer of a cache, and on one that has it already", async () => {
    const cachedAt = new Date(0);
    const cached = await withCost(answers({ cachedAt })).generate(request);
    expect([cached.cost, cached.warnings]).toEqual([undefined, []]);
    const own = { total: 3, source: "own" as const };
    expect((await withCost(answers({ cost: own })).generate(request)).cost).toBe(own);
  });

  it("hands on every other event as it is, the first before the last has come, and leaves when it is left", async () => {
    let left = false;
    const strange = { type: "novelty", value: 1 } as never;
    const start = { type: "start" as const, provider: "openai", model: "gpt-4o", warnings: [], response: {} };
    const backend: LLMBackend = {
      provider: "openai",
      generate: async () => expect.unreachable(),
      async *stream() {
        try {
          yield start;
          yield strange;
          await new Promise(() => {});
        } finally {
          left = true;
        }
      },
    };
    const seen = [];
    for await (const event of withCost(backend).stream(request)) {
      seen.push(event);
      if (event === strange) break;
    }
    expect(seen[0]).toBe(start);
    expect(left).toBe(true);
  });

  it("is on the other calls, whose units are theirs", async () => {
    const told = { warnings: [], provider: "acme", response: {} };
    const none: Usage = {
      inputTokens: { total: undefined, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: undefined, reasoning: undefined },
    };
    const backend: Required<LLMBackend> = {
      ...(mockBackend("Hello", { provider: "acme" }) as never as Required<LLMBackend>),
      embed: async () => ({ ...told, model: "vector", embeddings: [], usage: { inputTokens: { total: 10 } } }),
      rerank: async () => ({
        ...told,
        model: "rerank",
        ranking: [],
        usage: { inputTokens: { total: undefined }, searchUnits: 2 },
      }),
      transcribe: async () => ({
        ...told,
        model: "ear",
        text: "",
        language: "en",
        duration: 30,
        segments: [],
        words: [],
        usage: none,
      }),
      speak: async () => ({ ...told, model: "voice", audio: new Uint8Array(), mediaType: "audio/wav", usage: none }),
      generateImage: async () => ({ ...told, model: "eye", images: [{}, {}], usage: none }),
      moderate: async () => ({ ...told, model: "judge", results: [], usage: { inputTokens: { total: 4 } } }),
      countTokens: async () => ({ inputTokens: 3 }),
      listModels: async () => [{ id: "x" }],
    };
    const own = {
      "acme/vector": { input: 1 },
      "acme/rerank": { perThousandSearches: 2 },
      "acme/ear": { perMinute: 1 },
      "acme/voice": { perCharacter: 1 },
      "acme/eye": { perImage: 0.25 },
      "acme/judge": { input: 0 },
    };
    const priced = withCost(backend, { own });
    expect((await priced.embed({ values: [] })).cost?.total).toBeCloseTo(0.00001, 12);
    expect((await priced.rerank({ query: "", documents: [] })).cost?.total).toBeCloseTo(0.004, 12);
    expect((await priced.transcribe({ audio: new Uint8Array() })).cost?.total).toBe(0.5);
    expect((await priced.speak({ text: "Hi 👋" })).cost?.total).toBe(4);
    expect((await priced.generateImage({ prompt: "" })).cost?.total).toBe(0.5);
    expect((await priced.moderate({ values: [] })).cost?.total).toBe(0);
    expect(await priced.countTokens({ messages: [] })).toEqual({ inputTokens: 3 });
    const unpriced = await withCost(backend).speak({ text: "Hi" });
    expect(unpriced.cost).toBeUndefined();
    expect(unpriced.warnings[0]?.message).toMatch(/reported no usage/);
  });

  it("adds no call that the backend behind lacks", () => {
    const backend: LLMBackend = { provider: "a", generate: mockBackend("a").generate, stream: mockBackend("a").stream };
    for (const name of OPTIONAL_CALLS) expect(name in withCost(backend)).toBe(false);
  });

  it("takes prices that are made already, or makes them, not both", async () => {
    const prices = createPrices({ own: { "openai/*": { perRequest: 9 } } });
    expect((await withCost(answers(), { prices }).generate(request)).cost).toMatchObject({ total: 9, source: "own" });
    expect(() => withCost(answers(), { prices, own: {} })).toThrow(expect.objectContaining({ parameter: "prices" }));
  });

  it("is on the failure of a reply that came and is charged, such as one that does not fit the schema", async () => {
    const failure = (facts = {}) =>
      new LLMError({ kind: "malformed-response", message: "no JSON", provider: "openai", model: "gpt-4o", ...facts });
    for (const [facts, expected] of [
      [{ usage }, cost],
      [{ usage, model: "gpt-99" }, undefined],
      [{}, undefined],
      [
        { usage, cost: { total: 1, source: "own" as const } },
        { total: 1, source: "own" },
      ],
    ] as const) {
      const backend = withCost(mockBackend(() => failure(facts)));
      for (const failing of [backend.generate(request), collect(backend.stream(request))]) {
        const error = await failing.catch((thrown: unknown) => thrown as LLMError);
        expect(error).toMatchObject({ kind: "malformed-response", message: "no JSON" });
        expect((error as LLMError).cost).toEqual(expected);
      }
    }
  });

  it("lets a failure through as it is", async () => {
    const failing = mockBackend(() => Promise.reject(new Error("down")));
    await expect(withCost(failing).generate(request)).rejects.toThrow("down");
    await expect(collect(withCost(failing).stream(request))).rejects.toThrow("down");
  });
});

describe("over a socket", () => {
  const mock = new LLMock({ port: 0 });
  beforeAll(() => mock.start());
  afterAll(() => mock.stop());

  it("prices what the openai adapter reports, a hundred calls at once", async () => {
    mock.onMessage("Hi", {
      content: "Hello",
      usage: { prompt_tokens: 1000, completion_tokens: 200, total_tokens: 1200 },
    } as never);
    const adapter = openai({ baseURL: `${mock.url}/v1`, apiKey: "sk-test" });
    const backend = applyMiddleware(adapter.createBackend(), (next) => withCost(next));
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        index % 2 ? backend.generate(request) : collect(backend.stream(request)),
      ),
    );
    for (const { cost, usage, warnings } of results) {
      expect(warnings).toEqual([]);
      const { inputTokens, outputTokens } = usage;
      expect(cost?.total).toBeCloseTo((inputTokens.total! * 2.5 + outputTokens.total! * 10) / 1e6, 10);
      expect(cost?.total).toBeGreaterThan(0);
    }
  });
});
