export type { CacheStore } from "./cache-store.js";
export type { CacheableRequest, CachedCall } from "./cached-call.js";
export { type MemoryCache, type MemoryCacheOptions, memoryCache } from "./memory-cache.js";
export type { CacheFailure, CacheHit, CacheMiss, CacheOptions, CacheScope, CallCache } from "./options.js";
export { withCache } from "./with-cache.js";
