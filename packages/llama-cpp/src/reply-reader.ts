import { type AdapterEvent, type AdapterFinishEvent, type AdapterMessage, EventBuilder } from "@llmux/core/adapter";
import { ToolCallBuilder } from "@llmux/core/tool-calls";
import type { LlamaChatResponseChunk, LlamaChatResponseFunctionCallParamsChunk } from "node-llama-cpp";

/** Turns what node-llama-cpp's callbacks bring into the events of a stream. */
export class ReplyReader {
  /** Tokens of thoughts so far. */
  thoughtTokens = 0;
  /** Whole calls so far. */
  calls = 0;
  readonly #emit: (events: readonly AdapterEvent[]) => void;
  readonly #builder = new EventBuilder();
  readonly #tools = new ToolCallBuilder(this.#builder);
  readonly #used: ReadonlySet<string>;
  #nextId: number;
  #open: { index: number; id: string } | undefined;
  /** Line ends that may belong to the arguments, or be what ends them. */
  #held = "";

  constructor(messages: readonly AdapterMessage[], emit: (events: readonly AdapterEvent[]) => void) {
    const ids = messages.flatMap((message) =>
      message.role === "assistant" ? message.content.map((part) => (part.type === "tool-call" ? part.id : "")) : [],
    );
    this.#used = new Set(ids);
    this.#nextId = ids.filter((id) => id !== "").length;
    this.#emit = emit;
  }

  readonly onChunk = (chunk: LlamaChatResponseChunk): void => {
    if (chunk.type === "segment") {
      this.thoughtTokens += chunk.tokens.length;
      this.#builder.reasoning(chunk.text);
      if (chunk.segmentEndTime) this.#builder.endBlock();
    } else this.#builder.text(chunk.text);
    this.#hand();
  };

  readonly onParams = ({ callIndex, functionName, paramsChunk }: LlamaChatResponseFunctionCallParamsChunk): void => {
    this.#start(callIndex, functionName);
    const text = this.#held + paramsChunk;
    const kept = text.trimEnd();
    this.#held = text.slice(kept.length);
    this.#tools.delta(callIndex, kept);
    this.#hand();
  };

  readonly onCall = ({ functionName, params }: { functionName: string; params: unknown }): void => {
    const index = this.calls++;
    if (this.#open?.index !== index) {
      this.#start(index, functionName);
      this.#tools.delta(index, JSON.stringify(params ?? {}));
    }
    this.#tools.end(index);
    this.#open = undefined;
    this.#hand();
  };

  /** What was left unfinished, a call that a limit cut among it, ends here too. */
  finish(facts: Omit<AdapterFinishEvent, "type">): void {
    this.#tools.endAll();
    this.#builder.finish(facts);
    this.#hand();
  }

  #start(index: number, name: string): void {
    if (this.#open?.index === index) return;
    let id: string;
    do id = `call_${this.#nextId++}`;
    while (this.#used.has(id));
    this.#open = { index, id };
    this.#held = "";
    this.#tools.start(index, id, name);
  }

  #hand(): void {
    const events = this.#builder.take();
    if (events.length > 0) this.#emit(events);
  }
}
