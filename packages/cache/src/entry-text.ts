import { fromExactJSON, toExactJSON } from "@llmux/core/exact-json";
import { isAnswerOf } from "./answer-shape.js";
import type { CacheableRequest, CachedCall } from "./cached-call.js";
import { FORMAT } from "./call-key.js";
import type { Entry } from "./entry.js";

/** An entry as text, for stores that others can write to. @throws for answers that hold what can't be written down, such as functions */
export function entryText({ call, at, until, answer }: Entry): string {
  return toExactJSON({ format: FORMAT, call, at, until, answer });
}

/**
 * The entry that a text holds; `undefined` where it is of another version.
 *
 * @throws where it is no entry, or not one that could answer this request: whoever may write to the store is not trusted further than that
 */
export function readEntry(text: unknown, call: CachedCall, request: CacheableRequest): Entry | undefined {
  if (typeof text !== "string") throw new TypeError("The store gave what is no text");
  const entry = fromExactJSON(text) as (Partial<Entry> & { format?: unknown }) | null;
  if (typeof entry?.format !== "number") throw new TypeError("The store holds what is no entry");
  if (entry.format !== FORMAT) return undefined;
  const { at, until, answer } = entry;
  const isEntry = entry.call === call && isTime(at) && typeof until === "number";
  if (!isEntry || !isAnswerOf(call, request, answer)) throw new TypeError("The store holds what is no answer to this");
  return { call, at, until, answer, size: 2 * text.length };
}

function isTime(at: unknown): at is number {
  return typeof at === "number" && Math.abs(at) <= 8.64e15;
}
