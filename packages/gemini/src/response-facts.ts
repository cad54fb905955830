import type { ResponseInfo } from "@llmux/core";
import type { WireCandidate, WireResponse, WireUsage } from "./wire.js";

/** What an answer says beside its content, gathered from all its pieces: a later word holds, lists of sources grow. */
export class ResponseFacts {
  readonly response: ResponseInfo = {};
  /** Everything that has no place of its own in a result, under the API's names: `promptFeedback`, `safetyRatings`, … */
  readonly rest: Record<string, unknown> = {};
  usage: WireUsage | undefined;
  /** What the candidate said, without its content. */
  candidate: WireCandidate = {};

  add(
    { candidates: _, usageMetadata, responseId, modelVersion, createTime, ...body }: WireResponse,
    candidate: WireCandidate | undefined,
  ): void {
    if (responseId) this.response.id = responseId;
    if (modelVersion) this.response.model = modelVersion;
    if (createTime) {
      const createdAt = new Date(createTime);
      if (!Number.isNaN(createdAt.getTime())) this.response.createdAt = createdAt;
    }
    // Counts are totals so far; those that a later piece leaves out still hold.
    if (usageMetadata) this.usage = { ...this.usage, ...known(usageMetadata) };
    merge(this.rest, body);
    if (!candidate) return;
    const { content: __, finishReason: ___, index: ____, ...said } = candidate;
    merge(this.candidate, said);
    merge(this.rest, said);
  }
}

function merge(into: Record<string, unknown>, from: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(known(from))) {
    const before = Object.hasOwn(into, key) ? into[key] : undefined;
    const both = isObject(before) && isObject(value);
    const merged = both ? { ...before, ...known(value) } : value;
    if (both && key === "citationMetadata") {
      for (const [name, list] of Object.entries(value)) {
        const first = (before as Record<string, unknown>)[name];
        if (Array.isArray(first) && Array.isArray(list))
          (merged as Record<string, unknown>)[name] = [...first, ...list];
      }
    }
    Object.defineProperty(into, key, { value: merged, writable: true, enumerable: true, configurable: true });
  }
}

function known(object: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null && value !== undefined));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
