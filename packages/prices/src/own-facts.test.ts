import { describe, expect, it } from "vitest";
import { createPrices, modelFacts } from "./create-prices.js";

describe("facts of one's own", () => {
  it("must be facts", () => {
    const faulty: [facts: unknown, parameter: string][] = [
      [{ "openai/x": { maxOutputTokens: 0 } }, 'facts["openai/x"].maxOutputTokens'],
      [{ "openai/x": { contextWindow: "128k" } }, 'facts["openai/x"].contextWindow'],
      [{ "openai/x": { maxTokens: 1 } }, 'facts["openai/x"].maxTokens'],
      [{ "openai/x": { kind: "constructor" } }, 'facts["openai/x"].kind'],
      [{ "openai/x": { retiresAt: "2027-01-01" } }, 'facts["openai/x"].retiresAt'],
      [{ "openai/x": { retiresAt: new Date("soon") } }, 'facts["openai/x"].retiresAt'],
      [{ "openai/x": { abilities: ["tools"] } }, 'facts["openai/x"].abilities.0'],
      [{ "openai/x": { abilities: { tools: "yes" } } }, 'facts["openai/x"].abilities.tools'],
      [{ "openai/x": { abilities: { toString: true } } }, 'facts["openai/x"].abilities.toString'],
      [JSON.parse('{ "openai/x": { "__proto__": { "id": "y" } } }'), 'facts["openai/x"].__proto__'],
      [{ "openai/x": null }, 'facts["openai/x"]'],
      [{ x: { id: "y" } }, 'facts["x"]'],
    ];
    for (const [facts, parameter] of faulty)
      expect(() => createPrices({ facts } as never)).toThrow(
        expect.objectContaining({ kind: "invalid-request", parameter }),
      );
    const retiresAt = new Date(0);
    const all = {
      kind: "rerank",
      dimensions: 3,
      deprecated: true,
      retiresAt,
      abilities: { webSearch: false },
    } as const;
    expect(createPrices({ facts: { "openai/x": all } }).modelFacts("openai/x")).toEqual(all);
  });

  it("come before the list's", () => {
    const { modelFacts: facts } = createPrices({
      own: { "azure/fast": "azure/gpt-4o" },
      facts: { "acme/*": { contextWindow: 4096 } },
    });
    expect(facts("acme/tiered")).toEqual({ contextWindow: 4096 });
    expect(facts("azure/fast")).toMatchObject({ id: "gpt-4o", contextWindow: 128_000 });
    expect(modelFacts("acme/tiered")).toBeUndefined();
    expect(modelFacts("openai/gpt-4o")).toMatchObject({ id: "gpt-4o", contextWindow: 128_000 });
    expect(modelFacts("gpt-4o")).toBeUndefined();
  });
});
