import { deadline, tell } from "@llmux/core";
import type { CacheStore } from "./cache-store.js";
import type { CacheableRequest, CachedCall } from "./cached-call.js";
import { type Entry, isExpired, type Shelf } from "./entry.js";
import { entryText, readEntry } from "./entry-text.js";
import type { CacheFailure } from "./options.js";

/** For how long a store that failed or did not answer is left alone, so that not every call waits for it. */
const REST = 1000;

/** A store of the application's, whatever becomes of it: what it throws, holds back or makes up is a miss. */
export class StoreShelf implements Shelf {
  #restsUntil = 0;

  constructor(
    private readonly store: CacheStore,
    private readonly options: { timeout: number; onFailure: ((failure: CacheFailure) => void) | undefined },
  ) {}

  async get(key: string, call: CachedCall, request: CacheableRequest): Promise<Entry | undefined> {
    const text = await this.#ask("get", async () => this.store.get(await shortKey(key)));
    if (text === undefined || text === null) return undefined;
    try {
      const entry = readEntry(text, call, request);
      return entry && isExpired(entry) ? undefined : entry;
    } catch (error) {
      tell(this.options.onFailure, { during: "get", error });
      return undefined;
    }
  }

  async set(key: string, entry: Entry): Promise<void> {
    const left = entry.until === Number.POSITIVE_INFINITY ? undefined : Math.ceil(entry.until - Date.now());
    if (left !== undefined && left <= 0) return;
    let text: string;
    try {
      text = entryText(entry);
    } catch (error) {
      tell(this.options.onFailure, { during: "set", error });
      return;
    }
    await this.#ask("set", async () => this.store.set(await shortKey(key), text, left));
  }

  async #ask(during: CacheFailure["during"], ask: () => Promise<unknown>): Promise<unknown> {
    if (Date.now() < this.#restsUntil) return undefined;
    try {
      const { timeout } = this.options;
      return await deadline(ask(), timeout, `The store has not answered within ${timeout} ms`);
    } catch (error) {
      this.#restsUntil = Date.now() + REST;
      tell(this.options.onFailure, { during, error });
      return undefined;
    }
  }
}

/** Short, whatever was asked, and telling nobody what that was. */
async function shortKey(key: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
  return `llmux:${Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
