import type { UsageMetadata } from "@langchain/core/messages";
import type { Usage } from "@llmux/core";

/** The usage as LangChain counts it; `undefined` where the provider reported neither input nor output. */
export function toUsageMetadata({ inputTokens, outputTokens }: Usage): UsageMetadata | undefined {
  const { total: input, cacheRead, cacheWrite } = inputTokens;
  const { total: output, reasoning } = outputTokens;
  if (input === undefined && output === undefined) return undefined;
  const usage: UsageMetadata = {
    input_tokens: input ?? 0,
    output_tokens: output ?? 0,
    total_tokens: (input ?? 0) + (output ?? 0),
  };
  if (cacheRead !== undefined || cacheWrite !== undefined) {
    usage.input_token_details = {
      ...(cacheRead !== undefined && { cache_read: cacheRead }),
      ...(cacheWrite !== undefined && { cache_creation: cacheWrite }),
    };
  }
  if (reasoning !== undefined) usage.output_token_details = { reasoning };
  return usage;
}
