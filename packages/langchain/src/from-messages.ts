import type { AIMessage, BaseMessage, ToolMessage } from "@langchain/core/messages";
import type { AssistantPart, Message, TextPart, ToolOutputPart, ToolResultPart, UserPart } from "@llmux/core";
import { LLMError } from "@llmux/core/adapter";
import type { MessageFacts } from "./blocks.js";
import { type AnyBlock, fromAssistantBlock, fromBlock } from "./from-block.js";

/** LangChain's messages as llmux's. `provider` is the id of the adapter that blocks of no known kind are for. */
export function fromMessages(messages: readonly BaseMessage[], provider: string): Message[] {
  const converted: Message[] = [];
  for (const message of messages) {
    const next = fromMessage(message, provider);
    const last = converted.at(-1);
    // The results of one turn's calls stand in one message.
    if (next.role === "tool" && last?.role === "tool")
      converted[converted.length - 1] = { role: "tool", content: [...last.content, ...next.content] };
    else converted.push(next);
  }
  return converted;
}

function fromMessage(message: BaseMessage, provider: string): Message {
  const type = message.getType();
  const role = type === "generic" ? (message as BaseMessage & { role: string }).role : type;
  const name = message.name === undefined ? {} : { name: message.name };
  switch (role) {
    case "system":
    case "developer":
      return { role: "system", content: contentOf(message, provider) as string | TextPart[] };
    case "human":
    case "user":
      return { role: "user", content: contentOf(message, provider) as string | UserPart[], ...name };
    case "ai":
    case "assistant":
      return { role: "assistant", content: fromAIMessage(message as AIMessage, provider), ...name };
    case "tool":
    case "function":
      return { role: "tool", content: [fromToolMessage(message as ToolMessage, provider)] };
    default:
      throw new LLMError({
        kind: "invalid-request",
        parameter: "messages",
        message: `A message of type ${JSON.stringify(role)} can't be sent; system, human, ai and tool can`,
      });
  }
}

function contentOf({ content }: BaseMessage, provider: string): string | (UserPart | TextPart)[] {
  return typeof content === "string" ? content : (content as AnyBlock[]).map((block) => fromBlock(block, provider));
}

function fromAIMessage(message: AIMessage, provider: string): AssistantPart[] {
  const { content, tool_calls: calls = [], invalid_tool_calls: invalid = [], additional_kwargs: more } = message;
  const facts = ((more as { llmux?: MessageFacts } | undefined)?.llmux ?? {}) as MessageFacts;
  const blocks = typeof content === "string" ? (content === "" ? [] : [content]) : (content as AnyBlock[]);
  let texts = 0;
  const parts = blocks.flatMap((block): AssistantPart[] => {
    const part = fromAssistantBlock(block, provider);
    if (!part) return [];
    return [part.type === "text" ? { ...part, ...facts.texts?.[texts++] } : part];
  });
  for (const { id = "", name, args } of calls)
    parts.push({ type: "tool-call", id, name, input: args, ...facts.toolCalls?.[id] });
  for (const { id = "", name = "", args } of invalid)
    parts.push({ type: "tool-call", id, name, input: undefined, inputText: args ?? "", ...facts.toolCalls?.[id] });
  return parts;
}

function fromToolMessage(message: ToolMessage, provider: string): ToolResultPart {
  const { content, tool_call_id: toolCallId, name, status } = message;
  return {
    type: "tool-result",
    toolCallId: toolCallId ?? name ?? "",
    ...(name !== undefined && { toolName: name }),
    output: typeof content === "string" ? content : (content as AnyBlock[]).map((block) => toolOutput(block, provider)),
    ...(status === "error" && { isError: true }),
  };
}

/** What is no text, image or file, a tool says as JSON. */
function toolOutput(block: AnyBlock | string, provider: string): ToolOutputPart {
  try {
    const part = fromBlock(block, provider);
    if (part.type === "text" || part.type === "image" || part.type === "file") return part;
  } catch {
    // Told below.
  }
  return { type: "text", text: JSON.stringify(block) };
}
