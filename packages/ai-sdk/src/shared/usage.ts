import type { JSONObject, LanguageModelV4Usage } from "@ai-sdk/provider";
import type { Usage } from "@llmux/core";

export const NO_USAGE: Usage = {
  inputTokens: { total: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, reasoning: undefined },
};

export function fromModelUsage(usage: LanguageModelV4Usage | undefined): Usage {
  const { inputTokens, outputTokens, raw } = usage ?? ({} as Partial<LanguageModelV4Usage>);
  return {
    inputTokens: {
      total: count(inputTokens?.total),
      cacheRead: count(inputTokens?.cacheRead),
      cacheWrite: count(inputTokens?.cacheWrite),
    },
    outputTokens: { total: count(outputTokens?.total), reasoning: count(outputTokens?.reasoning) },
    ...(raw !== undefined && { raw }),
  };
}

/** Some providers report NaN, or null, where they know no count. */
export function count(value: number | null | undefined): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function toModelUsage({ inputTokens, outputTokens, raw }: Usage): LanguageModelV4Usage {
  const { total, cacheRead, cacheWrite } = inputTokens;
  const { total: output, reasoning } = outputTokens;
  return {
    inputTokens: {
      total,
      // What is not reported is not 0, so that without the cached tokens the others are not known either.
      noCache: total === undefined || cacheRead === undefined ? undefined : total - cacheRead - (cacheWrite ?? 0),
      cacheRead,
      cacheWrite,
    },
    outputTokens: {
      total: output,
      text: output === undefined || reasoning === undefined ? undefined : output - reasoning,
      reasoning,
    },
    ...(typeof raw === "object" && raw !== null && !Array.isArray(raw) && { raw: raw as JSONObject }),
  };
}
