import type { Cost } from "@llmux/core";
import type { CacheStore } from "./cache-store.js";
import type { CacheableRequest, CachedCall } from "./cached-call.js";
import type { MemoryCache } from "./memory-cache.js";

declare module "@llmux/core" {
  interface PolicyContext {
    /** How the cache treats this call; `false`: it has no part in it. */
    cache?: false | CallCache | undefined;
  }
}

/** What one call says to the cache. */
export interface CallCache {
  /** For how long the answer is kept, in milliseconds. */
  ttl?: number | undefined;
  namespace?: string | undefined;
  /** Ask, whatever is kept, and keep the new answer. */
  refresh?: boolean | undefined;
}

/** Who shares answers: calls with the same `context.key`; with the same user (`context.user`, else the request's own; none: no cache); or all. */
export type CacheScope = "key" | "user" | "all";

export interface CacheOptions {
  /** Where answers are kept: a {@link memoryCache}, a Keyv, or what is like one. Default: memory of its own. */
  store?: CacheStore | MemoryCache | undefined;
  /** For how long answers are good, in milliseconds; `Infinity` for as long as the store keeps them. Default one hour. */
  ttl?: number | undefined;
  /** Answers of one namespace are not found in another. Default `cache`. */
  namespace?: string | undefined;
  /** Who shares answers, or a function of the request that names those who do; `undefined` from it: this call is not cached. Default `key`. */
  scope?: CacheScope | ((request: CacheableRequest) => string | undefined) | undefined;
  /** Which calls are cached, of those that can be. Default all. */
  when?: ((request: CacheableRequest, call: CachedCall) => boolean) | undefined;
  /** Milliseconds that a call waits for the store at most. Default 500. */
  storeTimeout?: number | undefined;
  /** Told of each answer that nothing was paid for. What listeners throw is ignored. */
  onHit?: ((hit: CacheHit) => void) | undefined;
  /** Told of each call that goes through, of those that could have been answered. */
  onMiss?: ((miss: CacheMiss) => void) | undefined;
  /** Told when the store fails, is too slow, or holds what can't be read. The call goes on without it. */
  onFailure?: ((failure: CacheFailure) => void) | undefined;
}

export interface CacheMiss {
  call: CachedCall | "stream";
  model: string | undefined;
}

export interface CacheHit extends CacheMiss {
  /** Where the answer was: kept, or just being given to another call. */
  from: "store" | "flight";
  /** When it was first given. */
  cachedAt: Date;
  /** What it cost then, where that is known. */
  saved?: Cost | undefined;
}

export interface CacheFailure {
  during: "get" | "set";
  error: unknown;
}
