import { LLMError } from "@llmux/core";
import { describe, expect, it } from "vitest";
import { continuation, continueText } from "./continue-text.js";
import { HI } from "./testing/scripted.js";

const error = new LLMError({ kind: "connection", message: "cut" });
const cut = (provider: string, model?: string, text = "Once upon ") => ({ text, error, provider, model });

describe("asks for the rest", () => {
  it.each([
    "claude-2.1",
    "claude-3-5-sonnet-20241022",
    "claude-3-7-sonnet-latest",
    "claude-3-haiku-20240307",
    "claude-sonnet-4-20250514",
    "claude-opus-4-0",
    "claude-opus-4-1-20250805",
    "claude-sonnet-4-5",
    "claude-haiku-4-5-20251001",
    "claude-opus-4-5-20251101",
  ])("of Claude by the beginning of its answer, without the space at its end: %s", (model) => {
    expect(continuation(HI, cut("anthropic", model))).toEqual({
      request: { ...HI, messages: [...HI.messages, { role: "assistant", content: "Once upon" }] },
      repeats: "space",
    });
  });
  it("of Mistral by the beginning of its answer", () => {
    expect(continuation(HI, cut("mistral", "mistral-large-latest"))).toEqual({
      request: { ...HI, messages: [...HI.messages, { role: "assistant", content: "Once upon " }] },
      repeats: "nothing",
    });
  });
  it.each([
    ["anthropic", "claude-opus-4-6"],
    ["anthropic", "claude-sonnet-4-6"],
    ["anthropic", "claude-sonnet-4-10"],
    ["anthropic", "claude-sonnet-5"],
    ["anthropic", "claude-sonnet-5-5"],
    ["anthropic", "claude-fable-5"],
    ["anthropic", "claude-30"],
    ["anthropic", undefined],
    ["openai", "gpt-4o"],
    ["openrouter", "claude-3-haiku"],
  ])("of all others in words: %s/%s", (provider, model) => {
    const { messages } = continueText(HI, cut(provider, model));
    expect(messages.slice(0, 2)).toEqual([...HI.messages, { role: "assistant", content: "Once upon " }]);
    expect(messages[2]).toMatchObject({ role: "user", content: expect.stringMatching(/cut off.*repeat nothing/) });
    expect(messages).toHaveLength(3);
  });
  it("of Claude in words too, where it thinks", () => {
    const thinking = { ...HI, reasoning: { effort: "high" as const } };
    expect(continueText(thinking, cut("anthropic", "claude-sonnet-4-5")).messages).toHaveLength(3);
  });
  it("from the beginning, where all that was said is space", () => {
    expect(continueText(HI, cut("anthropic", "claude-sonnet-4-5", "\n")).messages).toEqual(HI.messages);
  });
});

it("takes what was said off the most tokens to generate, but where some are set aside for reasoning", () => {
  const said = cut("openai", "gpt-4o", "x".repeat(400));
  expect(continueText({ ...HI, maxTokens: 150 }, said).maxTokens).toBe(50);
  expect(continueText({ ...HI, maxTokens: 90 }, said).maxTokens).toBe(1);
  const thinking = { ...HI, maxTokens: 2000, reasoning: { budgetTokens: 1500 } };
  expect(continueText(thinking, said).maxTokens).toBe(2000);
  expect(continueText(HI, said)).not.toHaveProperty("maxTokens");
});
