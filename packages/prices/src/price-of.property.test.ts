import type { Usage } from "@llmux/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPrices, priceOf } from "./create-prices.js";

const NAMES = [
  ["openai", "gpt-4o"],
  ["openai", "gpt-audio"],
  ["anthropic", "claude-sonnet-4-5"],
  ["gemini", "gemini-2.5-pro"],
  ["gemini", "gemini-2.5-flash"],
  ["bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"],
  ["openrouter", "anthropic/claude-sonnet-4.5"],
] as const;

const tokens = fc.nat({ max: 400_000 });
/** Also counts that contradict one another: a part may exceed what it is a part of. */
const anyUsage = fc.record({
  inputTokens: fc.record({
    total: tokens,
    cacheRead: fc.option(tokens, { nil: undefined }),
    cacheWrite: fc.option(tokens, { nil: undefined }),
  }),
  outputTokens: fc.record({ total: tokens, reasoning: fc.option(tokens, { nil: undefined }) }),
  raw: fc.option(
    fc.record({
      cache_creation: fc.record({ ephemeral_1h_input_tokens: tokens }),
      prompt_tokens_details: fc.record({ audio_tokens: tokens, image_tokens: tokens }),
      completion_tokens_details: fc.record({ audio_tokens: tokens }),
    }),
    { nil: undefined },
  ),
});
const name = fc.constantFrom(...NAMES);

describe("any usage", () => {
  it("has parts that add up, none of them negative", () => {
    fc.assert(
      fc.property(name, anyUsage, ([provider, model], usage) => {
        const { total, input, output } = priceOf({ provider, model, usage })!;
        expect(input).toBeGreaterThanOrEqual(0);
        expect(output).toBeGreaterThanOrEqual(0);
        expect(total).toBeCloseTo(input! + output!, 10);
      }),
    );
  });

  it("costs no less with more tokens", () => {
    fc.assert(
      fc.property(name, anyUsage, tokens, tokens, ([provider, model], usage, input, output) => {
        const more: Usage = {
          ...usage,
          inputTokens: { ...usage.inputTokens, total: usage.inputTokens.total + input },
          outputTokens: { ...usage.outputTokens, total: usage.outputTokens.total + output },
        };
        const before = priceOf({ provider, model, usage })!.total;
        expect(priceOf({ provider, model, usage: more })!.total).toBeGreaterThanOrEqual(before - 1e-9);
      }),
    );
  });

  it("costs no more where some of it was cached, and no more than if all was charged twice over", () => {
    fc.assert(
      fc.property(name, tokens, tokens, tokens, ([provider, model], input, cached, output) => {
        const usage = (cacheRead: number | undefined): Usage => ({
          inputTokens: { total: input, cacheRead, cacheWrite: undefined },
          outputTokens: { total: output, reasoning: undefined },
        });
        const plain = priceOf({ provider, model, usage: usage(undefined) })!.total;
        expect(priceOf({ provider, model, usage: usage(cached) })!.total).toBeLessThanOrEqual(plain + 1e-12);
      }),
    );
  });

  it("costs at one price for all exactly its tokens, however they are split", () => {
    const { priceOf: flat } = createPrices({ own: { "a/b": { input: 1e6, output: 1e6 } } });
    fc.assert(
      fc.property(anyUsage, (usage) => {
        const cost = flat({ provider: "a", model: "b", usage })!;
        expect(cost.total).toBe(usage.inputTokens.total + usage.outputTokens.total);
      }),
    );
  });
});

describe("a raw usage of any shape", () => {
  it("is no reason to fail", () => {
    fc.assert(
      fc.property(name, fc.anything(), ([provider, model], raw) => {
        const usage = {
          inputTokens: { total: 1, cacheRead: 0, cacheWrite: 0 },
          outputTokens: { total: 1, reasoning: 0 },
          raw,
        };
        expect(priceOf({ provider, model, usage })?.total).toBeGreaterThan(0);
      }),
    );
  });
});
