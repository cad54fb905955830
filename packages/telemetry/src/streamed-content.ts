import type { AssistantPart, StreamEvent } from "@llmux/core";

/** Puts together what a stream hands over, for the record. What was never closed is kept too: a stream may be cut anywhere. */
export class StreamedContent {
  readonly content: AssistantPart[] = [];
  readonly #open = new Map<string, { text: string }>();

  see(event: StreamEvent): void {
    switch (event.type) {
      case "text-start":
      case "reasoning-start":
      case "refusal-start": {
        const type = event.type.slice(0, -6) as "text" | "reasoning" | "refusal";
        const part = { type, text: "" };
        this.#open.set(event.id, part);
        this.content.push(part);
        return;
      }
      case "text-delta":
      case "reasoning-delta":
      case "refusal-delta": {
        const part = this.#open.get(event.id);
        if (part) part.text += event.delta;
        return;
      }
      case "tool-call":
      case "provider":
      case "image":
      case "file":
      case "audio":
        this.content.push(event);
    }
  }
}
