import type { Usage } from "@llmux/core";

/** The counts of a call that is not a conversation. Some are billed by the second, and have none. */
export interface WireTokens {
  input_tokens?: number | null;
  output_tokens?: number | null;
  [field: string]: unknown;
}

export function toTokenUsage(raw: WireTokens | null | undefined): Usage {
  return {
    inputTokens: { total: raw?.input_tokens ?? undefined, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: raw?.output_tokens ?? undefined, reasoning: undefined },
    ...(raw && { raw }),
  };
}
