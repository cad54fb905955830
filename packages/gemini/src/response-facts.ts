import type { ResponseInfo } from "@llmux/core";
import type { WireCandidate, WireResponse, WireUsage } from "./wire.js";

/** What an answer says beside its content, gathered from all its pieces: a later word holds, lists of sources grow. */
export class ResponseFacts {
  readonly response: ResponseInfo = {};
  /** Everything that has no place of its own in a result, under the API's names: `promptFeedback`, `safetyRatings`, … */
  readonly rest: Record<string, unknown> = {};
  usage: WireUsage | undefined;
  #createTime: string | undefined;

  // Each piece repeats most of it, so what is said again must cost next to nothing.
  add(response: WireResponse, candidate: WireCandidate | undefined): void {
    for (const key in response) {
      const value = response[key];
      if (value === null || value === undefined) continue;
      switch (key) {
        case "candidates":
          break;
        case "usageMetadata":
          this.#count(value as WireUsage);
          break;
        case "responseId":
          this.response.id = value as string;
          break;
        case "modelVersion":
          this.response.model = value as string;
          break;
        case "createTime":
          this.#date(value as string);
          break;
        default:
          merge(this.rest, key, value);
      }
    }
    for (const key in candidate) {
      if (key !== "content" && key !== "finishReason" && key !== "index") merge(this.rest, key, candidate[key]);
    }
  }

  /** Counts are totals so far; those that a later piece leaves out still hold. */
  #count(usage: WireUsage): void {
    this.usage ??= {};
    for (const key in usage) {
      if (usage[key] !== null && usage[key] !== undefined && key !== "__proto__") this.usage[key] = usage[key];
    }
  }

  #date(createTime: string): void {
    if (createTime === this.#createTime) return;
    this.#createTime = createTime;
    const createdAt = new Date(createTime);
    if (!Number.isNaN(createdAt.getTime())) this.response.createdAt = createdAt;
  }
}

function merge(into: Record<string, unknown>, key: string, value: unknown): void {
  if (value === null || value === undefined) return;
  const before = Object.hasOwn(into, key) ? into[key] : undefined;
  const merged = isObject(before) && isObject(value) ? mergeObjects(key, before, value) : value;
  Object.defineProperty(into, key, { value: merged, writable: true, enumerable: true, configurable: true });
}

function mergeObjects(
  key: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const known = Object.entries(after).filter(([, value]) => value !== null && value !== undefined);
  const merged: Record<string, unknown> = { ...before, ...Object.fromEntries(known) };
  if (key !== "citationMetadata") return merged;
  for (const [name, list] of known) {
    const first = before[name];
    if (Array.isArray(first) && Array.isArray(list)) merged[name] = [...first, ...list];
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
