import type { Cost, Usage } from "@llmux/core";

/** The tokens of the parts together. One that does not count leaves the sum unknown. `raw` is that of the last. */
export function sumUsage(cut: readonly Usage[], last: Usage): Usage {
  const all = [...cut, last];
  const sum = (count: (usage: Usage) => number | undefined): number | undefined => total(all.map(count));
  return {
    inputTokens: {
      total: sum(({ inputTokens }) => inputTokens.total),
      cacheRead: sum(({ inputTokens }) => inputTokens.cacheRead),
      cacheWrite: sum(({ inputTokens }) => inputTokens.cacheWrite),
    },
    outputTokens: {
      total: sum(({ outputTokens }) => outputTokens.total),
      reasoning: sum(({ outputTokens }) => outputTokens.reasoning),
    },
    ...(last.raw !== undefined && { raw: last.raw }),
  };
}

/** The cost of the parts together; `undefined` where that of one is not known. */
export function sumCost(cut: readonly (Cost | undefined)[], last: Cost | undefined): Cost | undefined {
  const all = [...cut, last];
  const sum = total(all.map((cost) => cost?.total));
  if (!last || sum === undefined) return undefined;
  const input = total(all.map((cost) => cost?.input));
  const output = total(all.map((cost) => cost?.output));
  return {
    total: sum,
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    source: last.source,
  };
}

function total(counts: readonly (number | undefined)[]): number | undefined {
  let sum = 0;
  for (const count of counts) {
    if (count === undefined) return undefined;
    sum += count;
  }
  return sum;
}
