import { type AdapterEvent, LLMError } from "@llmux/core/adapter";
import { base64ToBytes } from "@llmux/core/media";
import type { StreamReader } from "./read-stream.js";

/** What makes events out of one model family's own. */
export interface ChunkTarget {
  readonly ended: boolean;
  readonly finished: boolean;
  chunk(event: Record<string, unknown>, out: AdapterEvent[]): void;
  finish(out: AdapterEvent[]): void;
}

/** Unwraps the events of InvokeModelWithResponseStream: each holds one of the model's own, in base64. */
export class ChunkReader implements StreamReader {
  readonly #target: ChunkTarget;
  readonly #decoder = new TextDecoder();

  constructor(target: ChunkTarget) {
    this.#target = target;
  }

  get ended(): boolean {
    return this.#target.ended;
  }

  get finished(): boolean {
    return this.#target.finished;
  }

  take(name: string, payload: Record<string, unknown>, out: AdapterEvent[]): void {
    if (name !== "chunk") return;
    // Some stand-ins for Bedrock leave the wrapping out.
    if (typeof payload.bytes !== "string") {
      this.#target.chunk(payload, out);
      return;
    }
    const text = this.#decoder.decode(base64ToBytes(payload.bytes));
    let event: unknown;
    try {
      event = JSON.parse(text);
    } catch (cause) {
      const message = "The stream holds a chunk that is not JSON";
      throw new LLMError({ kind: "malformed-response", message, text, cause });
    }
    if (typeof event === "object" && event !== null) this.#target.chunk(event as Record<string, unknown>, out);
  }

  finish(out: AdapterEvent[]): void {
    this.#target.finish(out);
  }
}
