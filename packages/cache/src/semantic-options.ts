import type { GenerateRequest, LLMBackend } from "@llmux/core";
import type { CacheHit, CacheMiss, CacheScope } from "./options.js";

export interface SemanticCacheOptions {
  /** What makes vectors of questions; must have `embed`. */
  embed: LLMBackend;
  /** The model that makes them, as that backend names it. */
  model: string;
  /** Length of the vectors, where the model can choose. */
  dimensions?: number | undefined;
  /** How near two questions must be to have one answer: the cosine of their vectors, from above 0 to 1. Default 0.95. */
  threshold?: number | undefined;
  /** Answers that are kept at most. Each lookup compares with those that could be meant, one by one. Default 1,000. */
  maxEntries?: number | undefined;
  /** What they may take in memory, in bytes, as it is estimated. Default 64 MiB. */
  maxBytes?: number | undefined;
  /** For how long answers are good, in milliseconds. Default one hour. */
  ttl?: number | undefined;
  /** Answers of one namespace are not found in another. Default `cache`. */
  namespace?: string | undefined;
  /** Who shares answers, as with `withCache`. Default `key`. */
  scope?: CacheScope | ((request: GenerateRequest) => string | undefined) | undefined;
  /** Which calls are cached, of those that can be. Default all. */
  when?: ((request: GenerateRequest) => boolean) | undefined;
  /** Milliseconds that a call waits for its vector at most. Default 5,000. */
  embedTimeout?: number | undefined;
  /** Told of each answer that was found. What listeners throw is ignored. */
  onHit?: ((hit: SemanticHit) => void) | undefined;
  /** Told of each call that goes through, of those that could have been answered. */
  onMiss?: ((miss: CacheMiss) => void) | undefined;
  /** Told when no vector could be made. The call goes on without. */
  onFailure?: ((failure: { during: "embed"; error: unknown }) => void) | undefined;
}

export interface SemanticHit extends Omit<CacheHit, "from"> {
  /** The cosine of the two questions' vectors. */
  similarity: number;
}
