import { LLMError } from "@llmux/core";
import type { BatchDriver, PreparedRequest } from "./batch-driver.js";
import type { BatchItem, BatchRequest } from "./batch-item.js";

/** Requests that go into one batch. */
export interface Chunk<R extends BatchRequest> {
  items: BatchItem<R>[];
  prepared: PreparedRequest[];
}

interface OpenChunk<R extends BatchRequest> extends Chunk<R> {
  weight: number;
  bytes: number;
}

/** What stands around a body in its line, the custom id included. */
const ENVELOPE = 200;

/** Gathers requests into batches within the provider's limits, one group apart from the other. */
export class BatchChunks<R extends BatchRequest> {
  readonly #open = new Map<string, OpenChunk<R>>();

  constructor(readonly limits: BatchDriver["limits"]) {}

  /**
   * @returns the chunk that has no room for it, and is to go off first
   * @throws LLMError `invalid-request` for a request that no batch has room for
   */
  add(item: BatchItem<R>, prepared: PreparedRequest): Chunk<R> | undefined {
    const { weight = 1, group } = prepared;
    const bytes = new TextEncoder().encode(JSON.stringify(prepared.body)).length + ENVELOPE;
    if (bytes > this.limits.bytes || weight > this.limits.requests) {
      const message = `The request ${JSON.stringify(item.id)} is larger than a whole batch may be`;
      throw new LLMError({ kind: "invalid-request", message });
    }
    let chunk = this.#open.get(group);
    let full: Chunk<R> | undefined;
    if (chunk && (chunk.weight + weight > this.limits.requests || chunk.bytes + bytes > this.limits.bytes)) {
      full = chunk;
      chunk = undefined;
    }
    chunk ??= { items: [], prepared: [], weight: 0, bytes: 0 };
    this.#open.set(group, chunk);
    chunk.items.push(item);
    chunk.prepared.push(prepared);
    chunk.weight += weight;
    chunk.bytes += bytes;
    return full;
  }

  /** Takes what has been gathered and is not full. */
  *rest(): Generator<Chunk<R>> {
    for (const [group, chunk] of this.#open) {
      this.#open.delete(group);
      yield chunk;
    }
  }
}
