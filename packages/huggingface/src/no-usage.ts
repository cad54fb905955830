import type { Usage } from "@llmux/core";

/** Of the tasks that count no tokens. */
export const NO_USAGE: Usage = {
  inputTokens: { total: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, reasoning: undefined },
};
