import type { CacheableRequest, CachedCall } from "./cached-call.js";

/** An answer as it is kept. Nobody changes it: whoever is answered from it has a copy. */
export interface Entry {
  call: CachedCall;
  /** When the answer was given, as `Date.now()` tells it. */
  at: number;
  /** When it is no longer good. */
  until: number;
  /** What `entryOf` left of the answer. */
  answer: object;
  /** What it takes in memory, roughly, in bytes. */
  size: number;
}

/** Where entries are looked for and kept. Neither ever fails: what can't be read is not there. */
export interface Shelf {
  get(key: string, call: CachedCall, request: CacheableRequest): Entry | undefined | Promise<Entry | undefined>;
  set(key: string, entry: Entry): void | Promise<void>;
}

export function isExpired({ until }: Entry): boolean {
  return Date.now() >= until;
}
