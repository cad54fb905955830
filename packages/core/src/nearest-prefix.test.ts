import { describe, expect, it } from "vitest";
import { nearestPrefix } from "./nearest-prefix.js";

const adapters = [
  { id: "openai", aliases: ["oai"], models: [] },
  { id: "anthropic", aliases: ["claude"], models: [] },
  { id: "ollama", aliases: [], models: [] },
];

describe("nearestPrefix", () => {
  it.each([
    ["opnai", "openai"],
    ["open-ai", "openai"],
    ["ollma", "ollama"],
    ["antropic", "anthropic"],
    ["cluade", "claude"],
    ["zzz", undefined],
    ["mistral", undefined],
  ])("for %s is %s", async (prefix, expected) => {
    expect(await nearestPrefix(prefix, adapters)).toBe(expected);
  });
});
