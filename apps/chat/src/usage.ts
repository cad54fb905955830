import type { Cost, Usage } from "@llmux/core";

/** The tokens of two calls together; unknown only where both are. */
export function addUsage(one: Usage, other: Usage): Usage {
  const add = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined ? b : a + (b ?? 0);
  return {
    inputTokens: {
      total: add(one.inputTokens.total, other.inputTokens.total),
      cacheRead: add(one.inputTokens.cacheRead, other.inputTokens.cacheRead),
      cacheWrite: add(one.inputTokens.cacheWrite, other.inputTokens.cacheWrite),
    },
    outputTokens: {
      total: add(one.outputTokens.total, other.outputTokens.total),
      reasoning: add(one.outputTokens.reasoning, other.outputTokens.reasoning),
    },
  };
}

/** What two calls cost together; unknown where that of one is. */
export function addCost(one: Cost | undefined, other: Cost | undefined): Cost | undefined {
  return one && other && { total: one.total + other.total, source: other.source };
}

/** `$0.00042`, `$1.20`: two digits at least that mean something, cents at least from a dollar on. */
export function money(dollars: number): string {
  const digits =
    dollars >= 1 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumSignificantDigits: 2 };
  return `$${dollars.toLocaleString("en", digits)}`;
}

/** `1,204 tokens in (1,024 cached), 310 out (192 reasoning)` */
export function usageLine({ inputTokens, outputTokens }: Usage): string {
  const count = (tokens: number | undefined): string => tokens?.toLocaleString("en") ?? "?";
  const part = (tokens: number | undefined, what: string): string => (tokens ? ` (${count(tokens)} ${what})` : "");
  const input = `${count(inputTokens.total)} tokens in${part(inputTokens.cacheRead, "cached")}`;
  return `${input}, ${count(outputTokens.total)} out${part(outputTokens.reasoning, "reasoning")}`;
}
