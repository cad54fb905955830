import type { ToolCallPart } from "@llmux/core";
import type { AdapterMessage, EventBuilder } from "@llmux/core/adapter";
import { parseToolInput, ToolCallBuilder } from "@llmux/core/tool-calls";
import type { ReplyToolCall } from "./reply.js";

/**
 * Reads the tool calls of one reply. Those of servers that give no ids get `call_0`, `call_1`, … through the whole conversation. They
 * follow from the request alone, so a stream and a whole answer agree, and no two calls of one conversation share one.
 */
export class ToolCallReader {
  #next = 0;

  /** @param messages the conversation so far */
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

  read(calls: readonly ReplyToolCall[]): ToolCallPart[] {
    return calls.map((call) => {
      const { name, arguments: input } = call.function;
      // An object by Ollama's API; some servers that imitate it write JSON text, as OpenAI does.
      const parsed = typeof input === "string" ? parseToolInput(input) : { input: input ?? {} };
      return {
        type: "tool-call",
        id: (typeof call.id === "string" && call.id) || `call_${this.#next++}`,
        name,
        ...parsed,
      };
    });
  }

  /** Reads calls as events of a stream. */
  readInto(builder: EventBuilder, calls: readonly ReplyToolCall[]): void {
    const tools = new ToolCallBuilder(builder);
    for (const call of this.read(calls)) tools.whole(call);
  }
}
