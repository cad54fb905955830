import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createPrices, modelFacts } from "./create-prices.js";
import { refreshModelFacts, setModelFacts } from "./fetched-facts.js";
import { ListServer } from "./testing/list-server.js";
import { LITELLM_LIST } from "./testing/litellm-list.js";

const server = new ListServer();
let url: string;
beforeAll(async () => {
  url = await server.listen();
});
afterAll(() => server.close());

it("knows of no abilities, and fetches nothing, unless it is asked to", () => {
  const fetch = vi.spyOn(globalThis, "fetch");
  expect(modelFacts("openai/gpt-4o")).toMatchObject({ id: "gpt-4o", contextWindow: 128_000 });
  expect(modelFacts("openai/gpt-4o")).not.toHaveProperty("abilities");
  expect(modelFacts("openai/gpt-99")).toBeUndefined();
  expect(fetch).not.toHaveBeenCalled();
  fetch.mockRestore();
});

describe("a list fetched", () => {
  beforeEach(async () => {
    server.answer(200, LITELLM_LIST);
    await refreshModelFacts({ url });
  });
  const most = (name: string) => modelFacts(name)?.maxOutputTokens;

  it("adds what the price list does not hold, and takes nothing of it away", () => {
    expect(modelFacts("openai/gpt-4o")).toEqual({
      ...{ id: "gpt-4o", name: expect.any(String), description: expect.any(String), contextWindow: 128_000 },
      ...{ kind: "chat", maxInputTokens: 111_000, maxOutputTokens: 11_000 },
      abilities: {
        ...{ tools: true, parallelToolCalls: true, toolChoice: true, structuredOutput: true, systemMessages: true },
        ...{ imageInput: true, pdfInput: true, promptCaching: true, reasoning: false },
      },
    });
  });

  it("knows models that the price list does not", () => {
    const retiresAt = new Date("2030-01-01T00:00:00Z");
    expect(modelFacts("openai/gpt-99")).toEqual({ id: "gpt-99", kind: "chat", maxOutputTokens: 9000, retiresAt });
    const embedding = { id: "text-embedding-99", kind: "embedding", maxInputTokens: 8191, dimensions: 1536 };
    expect(modelFacts("openai/text-embedding-99")).toEqual(embedding);
  });

  it("is looked up by the ids of adapters", () => {
    const names: Record<string, number | undefined> = {
      "vertex_ai/gemini-99": 1,
      "gemini/gemini-99": 2,
      "gemini_openai/gemini-99": 2,
      "gemini/models/gemini-99": 2,
      "vertex_ai/publishers/google/models/gemini-99": 1,
      "vertex_ai/claude-99": 3,
      "vertex_ai/claude-99@20270101": 3,
      "bedrock/anthropic.claude-99-v1:0": 4,
      "bedrock/eu.anthropic.claude-99-v1:0": 5,
      "bedrock/us-gov.anthropic.claude-99-v1:0": 4,
      "bedrock/arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.anthropic.claude-99-v1:0": 4,
      "azure/gpt-99": 6,
      "azure/phi-99": 7,
      "cohere/command-99": 8,
      "openrouter/openai/gpt-99": 10,
      // With a prefix and without: the prefix holds.
      "deepseek/deepseek-99": 2,
      "groq/deepseek-99": 3,
      "openai/deepseek-98": 2,
      // Nowhere, or somewhere else.
      "anthropic/claude-99": undefined,
      "azure/my-deployment": undefined,
      "openai/phi-99": undefined,
      "vertex_ai-anthropic_models/claude-99": undefined,
      "gpt-99": undefined,
      "openai/": undefined,
      "/": undefined,
      "": undefined,
    };
    for (const [name, tokens] of Object.entries(names)) expect([name, most(name)]).toEqual([name, tokens]);
    expect(modelFacts("fireworks_ai/embed-99")?.dimensions).toBe(768);
  });

  it("goes by the undated name where a dated one is not in it, but for the day on which it ends", () => {
    expect(modelFacts("openai/gpt-4o-2024-08-06")).toMatchObject({
      ...{ maxOutputTokens: 12_000, retiresAt: new Date("2027-02-28T00:00:00Z") },
    });
    for (const name of ["openai/gpt-99-2029-12-31", "openai/gpt-99-20291231"]) {
      expect(most(name)).toBe(9000);
      expect(modelFacts(name)).not.toHaveProperty("retiresAt");
    }
    for (const name of ["openai/gpt-99-mini", "openai/gpt-99-0613", "openai/gpt-99-20291231-v2"])
      expect([name, modelFacts(name)?.kind]).toEqual([name, undefined]);
  });

  it("takes a model that was tuned for what it was before", () => {
    expect(most("openai/ft:gpt-4o-2024-08-06:acme::9x")).toBe(13_000);
    expect(most("openai/ft:gpt-99:acme::9x")).toBe(9000);
    expect(modelFacts("openai/ft:gpt-99:acme::9x")).not.toHaveProperty("retiresAt");
    expect(most("openai/ft:gpt-3.5-turbo-instruct")).toBe(100);
  });

  it("goes under facts and names of one's own", () => {
    const own = createPrices({
      own: { "azure/chat-eu": "azure/gpt-99" },
      facts: {
        "azure/chat-eu": { maxOutputTokens: 77 },
        "openai/gpt-4o": { maxOutputTokens: undefined, abilities: { reasoning: true, audioInput: false } },
      },
    });
    expect(own.modelFacts("azure/chat-eu")).toMatchObject({ id: "gpt-99", kind: "chat", maxOutputTokens: 77 });
    expect(own.modelFacts("openai/gpt-4o")).toMatchObject({
      ...{ maxOutputTokens: 11_000, abilities: { tools: true, reasoning: true, audioInput: false } },
    });
    expect(modelFacts("openai/gpt-4o")?.abilities).toMatchObject({ reasoning: false });
  });

  it("gives facts away that are nobody else's", () => {
    const facts = modelFacts("openai/gpt-4o")!;
    facts.maxOutputTokens = 1;
    facts.abilities!.tools = false;
    expect(modelFacts("openai/gpt-4o")).toMatchObject({ maxOutputTokens: 11_000, abilities: { tools: true } });
    modelFacts("openai/gpt-99")!.retiresAt!.setFullYear(1999);
    expect(modelFacts("openai/gpt-99")!.retiresAt).toEqual(new Date("2030-01-01T00:00:00Z"));
  });

  it("stays as it was where the next one can't be had, or is none", async () => {
    const cases: [status: number, body: string | Iterable<string>, kind: string][] = [
      [404, "none", "connection"],
      [500, LITELLM_LIST, "connection"],
      [200, "", "malformed-response"],
      [200, "<html>", "malformed-response"],
      [200, LITELLM_LIST.slice(0, -3), "malformed-response"],
      [200, "null", "malformed-response"],
      [200, "{}", "malformed-response"],
      [200, "[]", "malformed-response"],
      [200, '["gpt-4o"]', "malformed-response"],
      [200, '{"error":{"message":"rate limited"}}', "malformed-response"],
      [200, '{"sample_spec":{"litellm_provider":"openai","max_output_tokens":1}}', "malformed-response"],
      [200, '{"gpt-4o":{"litellm_provider":"openai","max_output_tokens":"many"}}', "malformed-response"],
      [200, `${"[".repeat(200_000)}${"]".repeat(200_000)}`, "malformed-response"],
    ];
    for (const [status, body, kind] of cases) {
      server.answer(status, body);
      await expect(refreshModelFacts({ url }), String(body).slice(0, 60)).rejects.toMatchObject({ kind });
    }
    await expect(refreshModelFacts({ url: "http://127.0.0.1:1/" })).rejects.toMatchObject({ kind: "connection" });
    await expect(refreshModelFacts({ url, signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: "aborted" });
    for (const list of [undefined, null, "{}", 5, [], {}, { "gpt-4o": null }])
      expect(() => setModelFacts(list)).toThrow(
        expect.objectContaining({ kind: "invalid-request", parameter: "list" }),
      );
    expect(most("openai/gpt-99")).toBe(9000);
  });

  it("takes the place of the one before, whole", async () => {
    setModelFacts({ "gpt-98": { litellm_provider: "openai", max_output_tokens: 5 } });
    expect([most("openai/gpt-98"), most("openai/gpt-99"), most("openai/gpt-4o")]).toEqual([5, undefined, undefined]);
    setModelFacts(JSON.parse(LITELLM_LIST));
    expect([most("openai/gpt-98"), most("openai/gpt-99")]).toEqual([undefined, 9000]);
  });
});
