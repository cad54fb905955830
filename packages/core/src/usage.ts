/**
 * Tokens of a call. A count is `undefined` where the provider did not report it, never a guess. `total` includes its parts
 * for every provider: `inputTokens.total` holds cached tokens, `outputTokens.total` holds reasoning tokens.
 */
export interface Usage {
  inputTokens: {
    total: number | undefined;
    /** Read from the provider's prompt cache. */
    cacheRead: number | undefined;
    /** Written to the provider's prompt cache. */
    cacheWrite: number | undefined;
  };
  outputTokens: {
    total: number | undefined;
    reasoning: number | undefined;
  };
  /** The provider's own usage object. */
  raw?: unknown;
}
