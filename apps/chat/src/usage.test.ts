import type { Usage } from "@llmux/core";
import { expect, it } from "vitest";
import { addCost, addUsage, money, usageLine } from "./usage.js";

const usage = (total?: number, cacheRead?: number, output?: number, reasoning?: number): Usage => ({
  inputTokens: { total, cacheRead, cacheWrite: undefined },
  outputTokens: { total: output, reasoning },
});

it("shows tokens with their cached and reasoning parts", () => {
  expect(usageLine(usage(1204, 1024, 310, 192))).toBe("1,204 tokens in (1,024 cached), 310 out (192 reasoning)");
  expect(usageLine(usage(12, 0, 3, 0))).toBe("12 tokens in, 3 out");
  expect(usageLine(usage())).toBe("? tokens in, ? out");
});

it("adds what is known", () => {
  expect(addUsage(usage(1, undefined, 3, undefined), usage(10, 20, undefined, undefined))).toEqual(
    usage(11, 20, 3, undefined),
  );
});

it("adds what both calls cost, and does not take an unknown price for nought", () => {
  const list = (total: number) => ({ total, input: total, output: 0, source: "list" as const });
  expect(addCost(list(1), list(2))).toEqual({ total: 3, source: "list" });
  expect(addCost(list(1), undefined)).toBeUndefined();
  expect(addCost(undefined, list(1))).toBeUndefined();
});

it.each([
  [0, "$0"],
  [0.0000123, "$0.000012"],
  [0.0456, "$0.046"],
  [1.2, "$1.20"],
  [1234.567, "$1,234.57"],
])("writes %d dollars as %s", (dollars, text) => {
  expect(money(dollars)).toBe(text);
});
