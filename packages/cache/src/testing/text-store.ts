import type { CacheStore } from "../cache-store.js";

/** A store that keeps what it is given, for ever, and shows it. */
export function textStore(): CacheStore & { texts: Map<string, string>; ttls: (number | undefined)[] } {
  const texts = new Map<string, string>();
  const ttls: (number | undefined)[] = [];
  return {
    texts,
    ttls,
    get: async (key) => texts.get(key),
    async set(key, value, ttl) {
      texts.set(key, value);
      ttls.push(ttl);
    },
  };
}
