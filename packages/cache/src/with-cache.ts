import {
  type CallOptions,
  deferStream,
  defineMiddleware,
  everyCall,
  type LLMBackend,
  type Wrapped,
  withTotalTimeout,
} from "@llmux/core";
import { Cache } from "./cache.js";
import { isCachedCall } from "./cached-call.js";
import type { CacheOptions } from "./options.js";

/**
 * Answers from memory, or from any store like Keyv, what was asked before in just the same words; and asks once what several ask at the same time. What
 * is kept of `generate` answers `stream`, and the other way round. Put it around the policies that ask (fallback, balance, retries), and inside those that
 * count (ledger, budgets).
 *
 * ```ts
 * const llm = withCache(backend, { ttl: 600_000 });
 * ```
 *
 * @throws LLMError `invalid-request` for options that make no sense
 */
export function withCache<B extends LLMBackend>(backend: B, options: CacheOptions = {}): Wrapped<B> {
  const cache = new Cache(backend.provider, options);
  const cached: LLMBackend = defineMiddleware({
    ...everyCall((request, ask, name) => {
      if (isLimited(request)) return limited[name]!(request as never) as Promise<never>;
      return isCachedCall(name) ? (cache.answer(name, request as never, ask as never) as Promise<never>) : ask(request);
    }),
    stream: (request, next) =>
      isLimited(request) ? limited.stream(request) : deferStream((left) => cache.stream(request, next, left)),
  })(backend);
  // One who waits for another's call does so no longer than it has said. What this hands on is no longer limited.
  const limited = withTotalTimeout(cached, undefined);
  return cached as Wrapped<B>;
}

function isLimited({ timeout }: CallOptions): boolean {
  return timeout?.total !== undefined;
}
