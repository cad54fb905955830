import type { Usage } from "@llmux/core";
import type { WireUsage } from "./wire.js";

/**
 * Google counts what the model thought beside what it said, and what its tools read beside the prompt; the totals here hold both. The
 * prompt's count already holds what came from the cache.
 */
export function toUsage(usage: WireUsage | null | undefined): Usage {
  const reasoning = usage?.thoughtsTokenCount ?? undefined;
  return {
    inputTokens: {
      total: sum(usage?.promptTokenCount, usage?.toolUsePromptTokenCount),
      cacheRead: usage?.cachedContentTokenCount ?? undefined,
      cacheWrite: undefined,
    },
    outputTokens: { total: sum(usage?.candidatesTokenCount, reasoning), reasoning },
    ...(usage && { raw: usage }),
  };
}

function sum(...counts: readonly (number | null | undefined)[]): number | undefined {
  const known = counts.filter((count) => typeof count === "number");
  return known.length === 0 ? undefined : known.reduce((total, count) => total + count, 0);
}

/** The usage of several requests together; a count that one of them left out is not known. */
export function addUsage(parts: readonly Usage[]): Usage {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const add = (count: (usage: Usage) => number | undefined): number | undefined => {
    const counts = parts.map(count);
    return counts.includes(undefined) ? undefined : sum(...counts);
  };
  return {
    inputTokens: {
      total: add((usage) => usage.inputTokens.total),
      cacheRead: add((usage) => usage.inputTokens.cacheRead),
      cacheWrite: undefined,
    },
    outputTokens: {
      total: add((usage) => usage.outputTokens.total),
      reasoning: add((usage) => usage.outputTokens.reasoning),
    },
    raw: parts.map(({ raw }) => raw),
  };
}
