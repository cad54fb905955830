/** What is needed of a store; Keyv has it, over whatever it stores in. */
export interface CacheStore {
  /** What was set, or `undefined`; at once or as a promise. */
  get(key: string): unknown;
  /** @param ttl milliseconds after which it may be forgotten; `undefined`: never */
  set(key: string, value: string, ttl?: number): unknown;
}
