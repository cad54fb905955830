import { invalidOption } from "@llmux/core";
import { LRUCache } from "lru-cache";
import { type Entry, isExpired, type Shelf } from "./entry.js";

export interface MemoryCacheOptions {
  /** Answers that are kept at most. Default 1,000. */
  maxEntries?: number | undefined;
  /** What they may take in memory together with what was asked, in bytes, as it is estimated. Default 64 MiB. */
  maxBytes?: number | undefined;
}

/** Answers in this process' memory. Those not asked for for longest go first. */
export interface MemoryCache {
  /** How many answers it holds, those included that are no longer good and were not asked for since. */
  readonly size: number;
  /** What they take, in bytes, as it is estimated. */
  readonly bytes: number;
  /** Forgets all answers. */
  clear(): void;
}

export class MemoryShelf implements MemoryCache, Shelf {
  readonly #entries: LRUCache<string, Entry>;

  constructor({ maxEntries = 1000, maxBytes = 64 * 2 ** 20 }: MemoryCacheOptions) {
    // What lru-cache sets aside at once grows with the count.
    if (!(Number.isInteger(maxEntries) && maxEntries >= 1 && maxEntries <= 10_000_000))
      throw invalidOption("maxEntries", "must be a whole number from 1 to 10,000,000", maxEntries);
    if (!(Number.isSafeInteger(maxBytes) && maxBytes >= 1))
      throw invalidOption("maxBytes", "must be a whole number, 1 or more", maxBytes);
    this.#entries = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      sizeCalculation: (entry, key) => 2 * key.length + entry.size,
    });
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  clear(): void {
    this.#entries.clear();
  }

  get(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (!entry || !isExpired(entry)) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
  }
}

/**
 * A cache in memory, to be shared by several `withCache` or bounded otherwise than by default.
 *
 * @throws LLMError `invalid-request` for options that make no sense
 */
export function memoryCache(options: MemoryCacheOptions = {}): MemoryCache {
  return new MemoryShelf(options);
}
