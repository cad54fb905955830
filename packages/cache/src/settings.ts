import { invalidOption } from "@llmux/core";
import type { CacheStore } from "./cache-store.js";
import type { CacheableRequest } from "./cached-call.js";
import type { Shelf } from "./entry.js";
import { MemoryShelf } from "./memory-cache.js";
import type { CacheOptions, CallCache } from "./options.js";
import { StoreShelf } from "./store-shelf.js";

const SCOPES = ["key", "user", "all"];
const HOUR = 3_600_000;

/** Whatever keeps answers is told for whom, for how long and of which calls. */
export interface Settings {
  ttl: number;
  namespace: string;
  scope: NonNullable<CacheOptions["scope"]>;
  when: CacheOptions["when"];
}

/** @throws LLMError `invalid-request` for options that make no sense */
export function settingsOf({ ttl = HOUR, namespace = "cache", scope = "key", when }: Partial<Settings>): Settings {
  checkTTL(ttl, "ttl");
  checkNamespace(namespace, "namespace");
  if (typeof scope !== "function" && !SCOPES.includes(scope))
    throw invalidOption("scope", "must be key, user, all or a function", scope);
  checkFunctions({ when });
  return { ttl, namespace, scope, when };
}

/** @throws LLMError `invalid-request` */
export function shelfOf({ store, storeTimeout: timeout = 500, onFailure }: CacheOptions): Shelf {
  // A longer timer would overflow and fire at once.
  if (!(timeout >= 1 && timeout < 2 ** 31)) throw invalidOption("storeTimeout", "must be from 1 to 2^31 ms", timeout);
  if (store === undefined) return new MemoryShelf({});
  if (store instanceof MemoryShelf) return store;
  const { get, set } = (store ?? {}) as Partial<CacheStore>;
  if (typeof get !== "function" || typeof set !== "function")
    throw invalidOption("store", "must have get and set, as a Keyv has", store);
  return new StoreShelf(store as CacheStore, { timeout, onFailure });
}

/** @throws LLMError `invalid-request` for what is there and no function */
export function checkFunctions(functions: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(functions))
    if (value !== undefined && typeof value !== "function") throw invalidOption(name, "must be a function", value);
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
