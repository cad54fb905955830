import { invalidOption } from "@llmux/core";
import type { CacheStore } from "./cache-store.js";
import type { CacheableRequest } from "./cached-call.js";
import type { Shelf } from "./entry.js";
import { MemoryShelf } from "./memory-cache.js";
import type { CacheOptions, CallCache } from "./options.js";
import { StoreShelf } from "./store-shelf.js";

const SCOPES = ["key", "user", "all"];
const HOUR = 3_600_000;

/** Options, checked, with what holds by default. */
export interface Settings extends Pick<CacheOptions, "when" | "onHit" | "onMiss"> {
  shelf: Shelf;
  ttl: number;
  namespace: string;
  scope: NonNullable<CacheOptions["scope"]>;
}

/** @throws LLMError `invalid-request` for options that make no sense */
export function settingsOf(options: CacheOptions): Settings {
  const { ttl = HOUR, namespace = "cache", scope = "key", when, onHit, onMiss, onFailure } = options;
  checkTTL(ttl, "ttl");
  checkNamespace(namespace, "namespace");
  if (typeof scope !== "function" && !SCOPES.includes(scope))
    throw invalidOption("scope", "must be key, user, all or a function", scope);
  for (const [name, value] of Object.entries({ when, onHit, onMiss, onFailure }))
    if (value !== undefined && typeof value !== "function") throw invalidOption(name, "must be a function", value);
  return { shelf: shelfOf(options), ttl, namespace, scope, when, onHit, onMiss };
}

function shelfOf({ store, storeTimeout: timeout = 500, onFailure }: CacheOptions): Shelf {
  // A longer timer would overflow and fire at once.
  if (!(timeout >= 1 && timeout < 2 ** 31)) throw invalidOption("storeTimeout", "must be from 1 to 2^31 ms", timeout);
  if (store === undefined) return new MemoryShelf({});
  if (store instanceof MemoryShelf) return store;
  const { get, set } = (store ?? {}) as Partial<CacheStore>;
  if (typeof get !== "function" || typeof set !== "function")
    throw invalidOption("store", "must have get and set, as a Keyv has", store);
  return new StoreShelf(store as CacheStore, { timeout, onFailure });
}

/** What a call says for itself. @throws LLMError `invalid-request` */
export function callCache({ context }: CacheableRequest): CallCache | false {
  const said = context?.cache;
  if (said === undefined || said === false) return said ?? {};
  if (typeof said !== "object" || said === null)
    throw invalidOption("context.cache", "must be false or an object", said);
  const { ttl, namespace, refresh } = said;
  if (ttl !== undefined) checkTTL(ttl, "context.cache.ttl");
  if (namespace !== undefined) checkNamespace(namespace, "context.cache.namespace");
  if (refresh !== undefined && typeof refresh !== "boolean")
    throw invalidOption("context.cache.refresh", "must be true or false", refresh);
  return said;
}

function checkTTL(ttl: number, name: string): void {
  if (!(typeof ttl === "number" && ttl > 0)) throw invalidOption(name, "must be more than 0 ms", ttl);
}

function checkNamespace(namespace: string, name: string): void {
  if (typeof namespace !== "string" || namespace === "") throw invalidOption(name, "must be a text", namespace);
}
