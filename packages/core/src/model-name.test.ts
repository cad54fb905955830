import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { candidates, claims } from "./candidates.js";
import { splitModel } from "./model-name.js";

const adapters = [
  { id: "openai", aliases: ["oai"], models: ["gpt-*", "o3"] },
  { id: "anthropic", aliases: ["claude"], models: ["claude-*"] },
  { id: "ollama", aliases: [], models: [] },
  { id: "proxy", aliases: [], models: ["gpt-4o"] },
];

describe("splitModel", () => {
  it("ends the prefix at the first slash", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9_-]*$/), fc.string(), (prefix, model) => {
        expect(splitModel(`${prefix}/${model}`)).toEqual({ prefix, model });
      }),
    );
    expect(splitModel("gpt-4o")).toEqual({ prefix: undefined, model: "gpt-4o" });
  });

  it("reads the prefix, but not the model, in any case", () => {
    expect(splitModel("OpenRouter/Anthropic/Claude-X")).toEqual({ prefix: "openrouter", model: "Anthropic/Claude-X" });
  });
});

describe("claims", () => {
  it.each<[string, string, boolean]>([
    ["gpt-*", "gpt-4o", true],
    ["gpt-*", "gpt-", true],
    ["gpt-*", "my-gpt-4", false],
    ["*-mini", "o4-mini", true],
    ["*-mini", "o4-mini-high", false],
    ["*-mini", "a-mini-b-mini", true],
    ["a*b*c", "a-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["a*a", "a", false],
    ["ab*ba", "aba", false],
    ["*", "", true],
    ["o3", "o3", true],
    ["o3", "o3-mini", false],
    ["gpt.4", "gpt-4", false],
    ["(x)*", "(x)y", true],
  ])("%s of %s: %s", (pattern, name, expected) => {
    expect(claims([pattern], name)).toBe(expected);
  });

  it("agrees with the pattern as a regular expression", () => {
    const text = fc.stringMatching(/^[ab]{0,6}$/);
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), text, (pieces, name) => {
        expect(claims([pieces.join("*")], name)).toBe(new RegExp(`^${pieces.join(".*")}$`).test(name));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("candidates", () => {
  const ids = (name: string): string[] => candidates(adapters, name).adapters.map(({ id }) => id);

  it("goes by prefix or alias, or for a bare name by claim", () => {
    expect(ids("openai/anything")).toEqual(["openai"]);
    expect(ids("oai/x")).toEqual(["openai"]);
    expect(ids("claude-x")).toEqual(["anthropic"]);
    expect(ids("gpt-4o")).toEqual(["openai", "proxy"]);
    expect(ids("unknown")).toEqual([]);
    expect(ids("gpt-4o/x")).toEqual([]);
    expect(candidates(adapters, "openai/qwen/qwen3").model).toBe("qwen/qwen3");
    expect(candidates(adapters, "gpt-4o").model).toBe("gpt-4o");
  });
});
