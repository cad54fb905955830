import type { CacheHint, ProviderOptions } from "@llmux/core";

/** What a caller may say of a part or a tool beside what it is. */
export interface Hints {
  cache?: CacheHint | undefined;
  providerOptions?: ProviderOptions | undefined;
}

/** Adds to a block what the caller said of its part: a cache hint, and fields of Anthropic's own. */
export function withHints<B extends object>(block: B, { cache, providerOptions }: Hints): B {
  if (cache) Object.assign(block, { cache_control: cacheControl(cache) });
  return providerOptions?.anthropic ? Object.assign(block, providerOptions.anthropic) : block;
}

function cacheControl(cache: CacheHint): { type: "ephemeral"; ttl?: "5m" | "1h" } {
  return cache === true ? { type: "ephemeral" } : { type: "ephemeral", ttl: cache.ttl };
}
