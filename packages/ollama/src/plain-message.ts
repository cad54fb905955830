import type { AdapterMessage } from "@llmux/core/adapter";
import type { Message } from "ollama/browser";

/** A message with the ids that newer servers know (`api/types.go`) and the SDK's types don't. */
export interface WireMessage extends Omit<Message, "tool_calls"> {
  tool_calls?: { id: string; function: { name: string; arguments: Record<string, unknown> } }[];
  tool_call_id?: string;
}

/** A message of text alone; `undefined` for one that holds anything else. An assistant's texts are pieces, others' are paragraphs. */
export function toPlainMessage({ role, content }: AdapterMessage): WireMessage | undefined {
  const texts: string[] = [];
  for (const part of content) {
    if (part.type !== "text") return undefined;
    texts.push(part.text);
  }
  return role === "tool" ? undefined : { role, content: texts.join(role === "assistant" ? "" : "\n") };
}
