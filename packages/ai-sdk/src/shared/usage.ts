import type { JSONObject, LanguageModelV4Usage } from "@ai-sdk/provider";
import type { Usage } from "@llmux/core";

export const NO_USAGE: Usage = {
  inputTokens: { total: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, reasoning: undefined },
};

export function fromModelUsage(usage: LanguageModelV4Usage | undefined): Usage {
  const { inputTokens, outputTokens, raw } = usage ?? ({} as Partial<LanguageModelV4Usage>);
  const said = raw === undefined ? undefined : JSON.stringify(raw);
  return {
    inputTokens: {
      total: count(inputTokens?.total),
      cacheRead: part(inputTokens?.cacheRead, said, /cache/i),
      cacheWrite: part(inputTokens?.cacheWrite, said, /cache/i),
    },
    outputTokens: {
      total: count(outputTokens?.total),
      reasoning: part(outputTokens?.reasoning, said, /reason|think|thought/i),
    },
    ...(raw !== undefined && { raw }),
  };
}

/** Some of the AI SDK's models say 0 of what the provider did not count: its own usage then has no word of it. */
function part(value: number | null | undefined, said: string | undefined, word: RegExp): number | undefined {
  return value === 0 && said !== undefined && !word.test(said) ? undefined : count(value);
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
