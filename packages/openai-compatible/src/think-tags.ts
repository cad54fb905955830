import type { AssistantPart } from "@llmux/core";
import type { AdapterEvent } from "@llmux/core/adapter";

const OPEN = "<think>";
const CLOSE = "</think>";

/** Takes `<think>…</think>` at the beginning of the first text out of it, as reasoning. A tag that is never closed ends with the text. */
export function splitThinking(content: readonly AssistantPart[]): AssistantPart[] {
  const at = content.findIndex((part) => part.type === "text");
  const part = content[at];
  if (part?.type !== "text") return [...content];
  const opened = part.text.trimStart();
  if (!opened.startsWith(OPEN)) return [...content];
  const inside = opened.slice(OPEN.length);
  const end = inside.indexOf(CLOSE);
  const reasoning = end < 0 ? inside.trimStart() : inside.slice(0, end).trim();
  const text = end < 0 ? "" : inside.slice(end + CLOSE.length).trimStart();
  return [
    ...content.slice(0, at),
    ...(reasoning === "" ? [] : [{ type: "reasoning" as const, text: reasoning }]),
    ...(text === "" ? [] : [{ ...part, text }]),
    ...content.slice(at + 1),
  ];
}

/** Does to a stream's events what {@link splitThinking} does to a whole answer, without waiting for more than a tag needs. */
export class ThinkingSplitter {
  /** `before`: no text has come; `thinking`: between the tags; `after`: no text behind them yet; `done`: all else passes through. */
  #state: "before" | "thinking" | "after" | "done" = "before";
  /** Text that may yet be part of a tag, or is white space beside one. */
  #held = "";
  #reasoning: string | undefined;
  #out: AdapterEvent[] = [];

  push(event: AdapterEvent): AdapterEvent[] {
    if (this.#state === "done") return [event];
    this.#out = [];
    switch (event.type) {
      case "text-start":
        break;
      case "text-delta":
        this.#text(event.id, event.delta);
        break;
      case "text-end":
        this.#end(event);
        break;
      default:
        this.#out.push(event);
    }
    return this.#out;
  }

  #text(id: string, delta: string): void {
    this.#held += delta;
    if (this.#state === "before") {
      const text = this.#held.trimStart();
      if (text.length < OPEN.length && OPEN.startsWith(text)) return;
      if (!text.startsWith(OPEN)) {
        this.#pass(id);
        return;
      }
      this.#held = text.slice(OPEN.length);
      this.#state = "thinking";
    }
    if (this.#state === "thinking") {
      const end = this.#held.indexOf(CLOSE);
      if (end < 0) {
        this.#think(id, this.#held.length - trailing(this.#held));
        return;
      }
      const rest = this.#held.slice(end + CLOSE.length);
      this.#held = this.#held.slice(0, end).trimEnd();
      this.#endThinking(id);
      this.#held = rest;
      this.#state = "after";
    }
    this.#held = this.#held.trimStart();
    if (this.#held !== "") this.#pass(id);
  }

  /** What is held is text, and so is all that follows. */
  #pass(id: string): void {
    this.#out.push({ type: "text-start", id });
    if (this.#held !== "") this.#out.push({ type: "text-delta", id, delta: this.#held });
    this.#held = "";
    this.#state = "done";
  }

  /** Hands over the first so many letters of what is held. */
  #think(id: string, length: number): void {
    let delta = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    if (this.#reasoning === undefined) delta = delta.trimStart();
    if (delta === "") return;
    if (this.#reasoning === undefined) {
      this.#reasoning = `think-${id}`;
      this.#out.push({ type: "reasoning-start", id: this.#reasoning });
    }
    this.#out.push({ type: "reasoning-delta", id: this.#reasoning, delta });
  }

  #endThinking(id: string): void {
    this.#think(id, this.#held.length);
    if (this.#reasoning !== undefined) this.#out.push({ type: "reasoning-end", id: this.#reasoning });
  }

  #end(event: AdapterEvent & { type: "text-end" }): void {
    if (this.#state === "thinking") this.#endThinking(event.id);
    else if (this.#state === "before") {
      this.#pass(event.id);
      this.#out.push(event);
    }
    this.#state = "done";
  }
}

/** The length of the end of a text that is white space or the beginning of the closing tag: not to be shown before more is known. */
function trailing(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(CLOSE.slice(0, length))) {
      const before = text.slice(0, -length);
      return length + before.length - before.trimEnd().length;
    }
  }
  return text.length - text.trimEnd().length;
}
