import { type AdapterEvent, EventBuilder } from "@llmux/core/adapter";
import { ToolCallBuilder } from "@llmux/core/tool-calls";
import { errorFromObject, malformed, reading, type WireError } from "./errors.js";
import { toFinishReason, toUsage, type WireUsage } from "./from-{{file}}.js";

/** CHANGE: the provider's events. */
type WireEvent =
  | { type: "start"; id?: string | null; model?: string | null }
  | { type: "text" | "refusal"; text: string }
  | { type: "reasoning"; text: string; signature?: string | null }
  | { type: "tool_call"; index: number; id: string; name: string }
  | { type: "tool_arguments"; index: number; text: string }
  | { type: "error"; error: WireError }
  | { type: "end"; stop_reason?: string | null; usage?: WireUsage | null };

/** Reads a stream, frame by frame. It is over with the provider's own end marker, and with nothing less. */
export class StreamReader {
  done = false;
  readonly #events = new EventBuilder();
  readonly #calls = new ToolCallBuilder(this.#events);
  #facts: { id?: string | undefined; model?: string | undefined } = {};

  /** The events since the last take. */
  take(): AdapterEvent[] {
    return this.#events.take();
  }

  /** @throws LLMError what the frame says has failed; `malformed-response` for what is no frame */
  push(frame: string): void {
    if (!this.done) reading(frame, () => this.#read(JSON.parse(frame) as WireEvent, frame));
  }

  #read(event: WireEvent, frame: string): void {
    switch (event.type) {
      case "start":
        this.#facts = { id: event.id ?? undefined, model: event.model ?? undefined };
        return;
      case "text":
        this.#events.text(textOf(event, frame));
        return;
      case "refusal":
        this.#events.refusal(textOf(event, frame));
        return;
      case "reasoning":
        this.#events.reasoning(textOf(event, frame));
        if (event.signature) this.#events.endReasoning({ signature: event.signature });
        return;
      case "tool_call":
        if (!event.id || !event.name) throw malformed(frame);
        this.#calls.start(event.index, event.id, event.name);
        return;
      case "tool_arguments":
        this.#calls.delta(event.index, textOf(event, frame));
        return;
      case "error":
        throw errorFromObject(event.error);
      case "end":
        this.#end(event.stop_reason, event.usage);
        return;
      default:
      // What the provider adds one day is passed over.
    }
  }

  #end(reason: string | null | undefined, usage: WireUsage | null | undefined): void {
    this.#calls.endAll();
    const facts = { finishReason: toFinishReason(reason), usage: toUsage(usage), response: this.#facts };
    this.#events.finish(facts);
    this.done = true;
  }
}

function textOf({ text }: { text: unknown }, frame: string): string {
  if (typeof text !== "string") throw malformed(frame);
  return text;
}
