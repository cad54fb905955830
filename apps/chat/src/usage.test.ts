import type { Usage } from "@llmux/core";
import { expect, it } from "vitest";
import { addUsage, usageLine } from "./usage.js";

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
