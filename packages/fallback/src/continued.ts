import type { FinishEvent, StartEvent, StreamEvent } from "@llmux/core";
import type { Repeats } from "./continue-text.js";
import { Overlap } from "./overlap.js";
import type { Said } from "./said.js";

/** The events of a continuation as they go on with the answer that was cut. */
export class Continued {
  readonly #names = new Map<string, string>();
  readonly #overlap: Overlap | undefined;
  /** A block of text that has brought nothing new yet. */
  #empty: StreamEvent | undefined;

  /** A block that was cut before it said anything, and that the first one of text goes on with. */
  unfinished: string | undefined;

  /**
   * @param count which continuation of the call it is
   * @param sealed whether the answer's reasoning is of the same provider as that of the continuation
   */
  constructor(
    private readonly said: Said,
    repeats: Repeats,
    private readonly count: number,
    private readonly sealed: boolean,
  ) {
    this.unfinished = said.openIsEmpty ? said.open : undefined;
    if (repeats !== "nothing" && said.text !== "") this.#overlap = new Overlap(said.text, repeats === "words");
  }

  /** An event as it is to be handed over, where there is anything to hand over. */
  take(event: Exclude<StreamEvent, StartEvent | FinishEvent>, emit: (event: StreamEvent) => void): void {
    switch (event.type) {
      case "text-start":
        if (this.unfinished !== undefined) {
          this.#names.set(event.id, this.unfinished);
          this.unfinished = undefined;
        } else this.#empty = { ...event, id: this.#name(event.id) };
        break;
      case "text-delta":
        this.#text(event.id, this.#overlap ? this.#overlap.take(event.delta) : event.delta, emit);
        break;
      case "text-end": {
        if (this.#overlap) this.#text(event.id, this.#overlap.rest(), emit);
        const said = event.citations !== undefined || event.providerMetadata !== undefined;
        if (this.#empty && said) emit(this.#empty);
        if (!this.#empty || said) emit({ ...event, id: this.#idOf(event.id) });
        this.#empty = undefined;
        break;
      }
      case "reasoning-start":
      case "refusal-start":
        emit({ ...event, id: this.#name(event.id) });
        break;
      case "reasoning-delta":
      case "refusal-delta":
      case "refusal-end":
        emit({ ...event, id: this.#idOf(event.id) });
        break;
      case "reasoning-end": {
        const { signature: _, redacted: __, itemId: ___, ...bare } = event;
        // `collect` would put it down to the provider that the answer began with, which could not open it.
        emit({ ...(this.sealed ? event : bare), id: this.#idOf(event.id) });
        break;
      }
      default:
        // Ids of tool calls are the provider's own, and there was none before.
        emit(event);
    }
  }

  #text(id: string, delta: string, emit: (event: StreamEvent) => void): void {
    if (delta === "") return;
    if (this.#empty) {
      emit(this.#empty);
      this.#empty = undefined;
    }
    emit({ type: "text-delta", id: this.#idOf(id), delta });
  }

  #name(id: string): string {
    let name = `${this.count}~${id}`;
    while (this.said.hasId(name)) name = `${name}~`;
    this.#names.set(id, name);
    return name;
  }

  #idOf(id: string): string {
    return this.#names.get(id) ?? id;
  }
}
