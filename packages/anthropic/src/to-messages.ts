import type { TextPart } from "@llmux/core";
import type { AdapterMessage, CallContext } from "@llmux/core/adapter";

/** A content block as it goes over the wire. */
export type Block = Record<string, unknown> & { type: string };

export interface WireMessage {
  role: "user" | "assistant" | "system";
  content: Block[];
}

export interface Conversation {
  system: Block[];
  messages: WireMessage[];
}

let rich: typeof import("./to-rich-messages.js") | undefined;

/**
 * The conversation in Anthropic's form. System messages before the first turn become the system prompt; a later one stays in its
 * place where the model takes that, else it joins the system prompt, with a warning. Turns of one role are joined, and tool
 * results come first in their turn, as the API demands. Blocks that say nothing, which the API rejects, are left out.
 */
export async function toMessages(
  messages: readonly AdapterMessage[],
  model: string,
  context: CallContext,
): Promise<Conversation> {
  if (!messages.every(isPlain)) {
    rich ??= await import("./to-rich-messages.js");
    return rich.toRichMessages(messages, model, context);
  }
  const system: Block[] = [];
  const turns: WireMessage[] = [];
  for (const { role, content } of messages) {
    const blocks = content.flatMap((part) => toTextBlock(part as TextPart));
    if (role === "system") system.push(...blocks);
    else addTurn(turns, role as "user" | "assistant", blocks);
  }
  return { system, messages: turns };
}

/** Whether a message is text and no more, and where it is the system's, stands before the first turn. */
function isPlain({ role, content }: AdapterMessage, index: number, all: readonly AdapterMessage[]): boolean {
  return (
    (role !== "system" || index === 0 || all[index - 1]?.role === "system") &&
    content.every(
      (part) => part.type === "text" && !part.cache && !part.providerOptions && !(part as TextPart).citations,
    )
  );
}

export function toTextBlock({ text }: { text: string }): Block[] {
  return text.trim() === "" ? [] : [{ type: "text", text }];
}

export function addTurn(turns: WireMessage[], role: "user" | "assistant", content: Block[]): void {
  const last = turns.at(-1);
  if (last?.role === role) last.content.push(...content);
  else if (content.length > 0) turns.push({ role, content });
}
