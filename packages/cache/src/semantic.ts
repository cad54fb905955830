import { deferStream, defineMiddleware, type LLMBackend, type Wrapped } from "@llmux/core";
import { SemanticCache } from "./semantic-cache.js";
import type { SemanticCacheOptions } from "./semantic-options.js";

export type { SemanticCacheOptions, SemanticHit } from "./semantic-options.js";

/**
 * Answers a question with what was answered to one that means nearly the same: whose vector is near, while all else of the request is equal. Two
 * questions that are near may want different answers, and then one of them gets a wrong one: use it where that can be borne.
 *
 * ```ts
 * const llm = withSemanticCache(backend, { embed: backend, model: "openai/text-embedding-3-small" });
 * ```
 *
 * @throws LLMError `invalid-request` for options that make no sense
 */
export function withSemanticCache<B extends LLMBackend>(backend: B, options: SemanticCacheOptions): Wrapped<B> {
  const cache = new SemanticCache(backend.provider, options);
  return defineMiddleware({
    generate: (request, next) => cache.generate(request, next),
    stream: (request, next) => deferStream(() => cache.stream(request, next)),
  })(backend) as LLMBackend as Wrapped<B>;
}
