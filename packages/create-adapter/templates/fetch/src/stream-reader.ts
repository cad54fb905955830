import { type AdapterEvent, EventBuilder } from "@llmux/core/adapter";
import { ToolCallBuilder } from "@llmux/core/tool-calls";
import { errorFromObject, malformed, reading, type WireError } from "./errors.js";
import { toFinishReason, toUsage, type WireUsage } from "./from-acme-id.js";

// CHANGE: all of this file, to the provider's chunks.

interface WireChunk {
  type?: string | null;
  text?: string | null;
  id?: string | null;
  model?: string | null;
  name?: string | null;
  stop?: string | null;
  usage?: WireUsage | null;
  error?: WireError | null;
}

/** Reads a stream, chunk by chunk. It is over with the chunk `end`, and with nothing less. */
export class StreamReader {
  done = false;
  readonly #events = new EventBuilder();
  readonly #calls = new ToolCallBuilder(this.#events);
  #facts: { id?: string | undefined; model?: string | undefined } = {};

  /** The events since the last take. */
  take(): AdapterEvent[] {
    return this.#events.take();
  }

  /** @throws LLMError what the chunk says has failed; `malformed-response` for what is no chunk */
  push(text: string): void {
    if (!this.done) reading(text, () => this.#read(JSON.parse(text) as WireChunk, text));
  }

  #read(chunk: WireChunk, json: string): void {
    if (chunk.error) throw errorFromObject(chunk.error);
    switch (chunk.type) {
      case "start":
        this.#facts = { id: chunk.id ?? undefined, model: chunk.model ?? undefined };
        break;
      case "thinking":
        this.#events.reasoning(chunk.text ?? "");
        break;
      case "text":
        this.#events.text(chunk.text ?? "");
        break;
      case "tool_call":
        if (!chunk.id || !chunk.name) throw malformed(json);
        this.#calls.start(chunk.id, chunk.id, chunk.name);
        break;
      case "tool_arguments":
        this.#calls.delta(chunk.id ?? "", chunk.text ?? "");
        break;
      case "end":
        this.#calls.endAll();
        this.#events.finish({
          finishReason: toFinishReason(chunk.stop),
          usage: toUsage(chunk.usage),
          response: this.#facts,
        });
        this.done = true;
        break;
      case undefined:
      case null:
        throw malformed(json);
    }
  }
}
