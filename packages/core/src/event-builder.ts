import type { AdapterEvent, AdapterFinishEvent } from "./adapter-backend.js";
import type { Citation } from "./content.js";
import type { ProviderMetadata } from "./provider-options.js";
import type { ReasoningEndEvent } from "./stream-event.js";

type Kind = "text" | "reasoning" | "refusal";

/**
 * Turns a provider's bare deltas into well-formed stream events for the wire formats that don't mark where blocks begin and end:
 * it opens a block when its first delta comes, and closes it when another kind follows. For tool calls see `ToolCallBuilder`.
 * Take what it has made with {@link EventBuilder.take} after each piece from the wire.
 */
export class EventBuilder {
  #events: AdapterEvent[] = [];
  #open: { kind: Kind; id: string } | undefined;
  #blocks = 0;

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
    this.#delta("text", delta);
  }

  reasoning(delta: string): void {
    this.#delta("reasoning", delta);
  }

  refusal(delta: string): void {
    this.#delta("refusal", delta);
  }

  /** Ends the open reasoning block with what seals it; makes an empty block where none is open. */
  endReasoning(facts: Omit<ReasoningEndEvent, "type" | "id">): void {
    const id = this.#block("reasoning");
    this.#open = undefined;
    this.#events.push({ type: "reasoning-end", id, ...facts });
  }

  /** Ends the open text, reasoning or refusal block, if there is one. */
  endBlock(facts?: {
    citations?: readonly Citation[] | undefined;
    providerMetadata?: ProviderMetadata | undefined;
  }): void {
    if (!this.#open) return;
    const { kind, id } = this.#open;
    this.#open = undefined;
    this.#events.push({ type: `${kind}-end`, id, ...(kind === "text" ? facts : undefined) } as AdapterEvent);
  }

  /** Closes the open block and ends the stream. */
  finish(event: Omit<AdapterFinishEvent, "type">): void {
    this.endBlock();
    this.#events.push({ type: "finish", ...event });
  }

  #delta(kind: Kind, delta: string): void {
    if (delta === "") return;
    const id = this.#block(kind);
    this.#events.push({ type: `${kind}-delta`, id, delta });
  }

  #block(kind: Kind): string {
    if (this.#open?.kind === kind) return this.#open.id;
    this.endBlock();
    const id = `${kind}-${this.#blocks++}`;
    this.#open = { kind, id };
    this.#events.push({ type: `${kind}-start`, id } as AdapterEvent);
    return id;
  }
}
