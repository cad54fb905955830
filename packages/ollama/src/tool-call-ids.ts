import type { AdapterMessage } from "@llmux/core/adapter";

/**
 * Ids for the tool calls of servers that give none: `call_0`, `call_1`, … through the whole conversation. They follow from the request
 * alone, so a stream and a whole answer agree, and no two calls of one conversation share one.
 */
export class ToolCallIds {
  #next = 0;

  constructor(messages: readonly AdapterMessage[]) {
    for (const message of messages) {
      if (message.role !== "assistant") continue;
      for (const part of message.content) {
        if (part.type !== "tool-call") continue;
        const number = Number(/^call_(\d{1,9})$/.exec(part.id)?.[1] ?? -1);
        this.#next = Math.max(this.#next, number + 1);
      }
    }
  }

  next(): string {
    return `call_${this.#next++}`;
  }
}
