import type { AssistantPart, ReasoningPart, TextPart } from "@llmux/core";
import type { AdapterEvent, AdapterFinishEvent } from "@llmux/core/adapter";

/** What the events of a whole reply come to. */
export function fromEvents(events: readonly AdapterEvent[]): { content: AssistantPart[]; finish: AdapterFinishEvent } {
  const content: AssistantPart[] = [];
  let open: TextPart | ReasoningPart | undefined;
  let finish: AdapterFinishEvent | undefined;
  for (const event of events) {
    switch (event.type) {
      case "text-start":
      case "reasoning-start":
        content.push({ type: event.type === "text-start" ? "text" : "reasoning", text: "" });
        open = content.at(-1) as TextPart | ReasoningPart;
        break;
      case "text-delta":
      case "reasoning-delta":
        if (open) open.text += event.delta;
        break;
      case "text-end":
      case "reasoning-end": {
        const { type: _, id: __, ...facts } = event;
        Object.assign(open ?? {}, facts);
        break;
      }
      case "tool-call":
      case "provider":
      case "image":
        content.push(event);
        break;
      case "finish":
        finish = event;
    }
  }
  return { content, finish: finish as AdapterFinishEvent };
}
