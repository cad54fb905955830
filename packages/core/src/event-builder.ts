import type { AdapterEvent, AdapterFinishEvent } from "./adapter-backend.js";
import type { Citation, ToolCallPart } from "./content.js";
import type { ProviderMetadata } from "./provider-options.js";
import type { ReasoningEndEvent } from "./stream-event.js";
import { parseToolInput } from "./tool-input.js";

/**
 * Turns a provider's bare deltas into well-formed stream events for the wire formats that don't mark where blocks begin and end:
 * it opens a block when its first delta comes, closes it when another kind follows, and collects tool arguments.
 * Take what it has made with {@link EventBuilder.take} after each piece from the wire.
 */
export class EventBuilder {
  #events: AdapterEvent[] = [];
  #open: { kind: "text" | "reasoning" | "refusal"; id: string } | undefined;
  #blocks = 0;
  #tools = new Map<string | number, { id: string; name: string; input: string; metadata?: ProviderMetadata | undefined }>();

  /** The events since the last take. */
  take(): AdapterEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  push(event: AdapterEvent): void {
    this.#events.push(event);
  }

  text(delta: string): void {
    if (delta !== "") this.#events.push({ type: "text-delta", id: this.#block("text"), delta });
  }

  reasoning(delta: string): void {
    if (delta !== "") this.#events.push({ type: "reasoning-delta", id: this.#block("reasoning"), delta });
  }

  refusal(delta: string): void {
    if (delta !== "") this.#events.push({ type: "refusal-delta", id: this.#block("refusal"), delta });
  }

  /** Ends the open reasoning block with what seals it; makes an empty block where none is open. */
  endReasoning(facts: Omit<ReasoningEndEvent, "type" | "id">): void {
    const id = this.#block("reasoning");
    this.#open = undefined;
    this.#events.push({ type: "reasoning-end", id, ...facts });
  }

  /** Ends the open text, reasoning or refusal block, if there is one. */
  endBlock(facts?: { citations?: readonly Citation[] | undefined; providerMetadata?: ProviderMetadata | undefined }): void {
    if (!this.#open) return;
    const { kind, id } = this.#open;
    this.#open = undefined;
    this.#events.push({ type: `${kind}-end`, id, ...(kind === "text" ? facts : undefined) } as AdapterEvent);
  }

  /** Opens a tool call under a key of the wire's (an index, an id). Does nothing for a key that is open. */
  toolStart(key: string | number, id: string, name: string, metadata?: ProviderMetadata): void {
    if (this.#tools.has(key)) return;
    this.endBlock();
    this.#tools.set(key, { id, name, input: "", metadata });
    this.#events.push({ type: "tool-input-start", id, name });
  }

  hasTool(key: string | number): boolean {
    return this.#tools.has(key);
  }

  toolDelta(key: string | number, delta: string): void {
    const tool = this.#tools.get(key);
    if (!tool || delta === "") return;
    tool.input += delta;
    this.#events.push({ type: "tool-input-delta", id: tool.id, delta });
  }

  /** Ends one tool call; `input` replaces the collected text where the wire gives the whole arguments again. */
  toolEnd(key: string | number, input?: string): void {
    const tool = this.#tools.get(key);
    if (!tool) return;
    this.#tools.delete(key);
    this.#events.push({ type: "tool-input-end", id: tool.id });
    const call: ToolCallPart = { type: "tool-call", id: tool.id, name: tool.name, ...parseToolInput(input ?? tool.input) };
    if (tool.metadata) call.providerMetadata = tool.metadata;
    this.#events.push(call);
  }

  /** A tool call that came whole. */
  toolCall(call: ToolCallPart): void {
    this.endBlock();
    const text = call.inputText ?? JSON.stringify(call.input ?? {});
    this.#events.push(
      { type: "tool-input-start", id: call.id, name: call.name },
      { type: "tool-input-delta", id: call.id, delta: text },
      { type: "tool-input-end", id: call.id },
      call,
    );
  }

  /** Closes what is open and ends the stream. */
  finish(event: Omit<AdapterFinishEvent, "type">): void {
    this.endAll();
    this.#events.push({ type: "finish", ...event });
  }

  /** Closes the open block and every open tool call. */
  endAll(): void {
    this.endBlock();
    for (const key of [...this.#tools.keys()]) this.toolEnd(key);
  }

  #block(kind: "text" | "reasoning" | "refusal"): string {
    if (this.#open?.kind === kind) return this.#open.id;
    this.endBlock();
    const id = `${kind}-${this.#blocks++}`;
    this.#open = { kind, id };
    this.#events.push({ type: `${kind}-start`, id } as AdapterEvent);
    return id;
  }
}
