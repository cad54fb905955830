import type { TextPart, ToolCallPart, ToolOutputPart } from "@llmux/core";
import { type AdapterMessage, type AdapterToolResultPart, type CallContext, LLMError } from "@llmux/core/adapter";
import type { ChatHistoryItem, ChatModelFunctionCall, ChatModelResponse } from "node-llama-cpp";

/**
 * The conversation as node-llama-cpp has it: a model's turn holds its calls with their results, and goes on after them. A last turn of
 * the assistant's is one that the model continues.
 *
 * @throws LLMError `unsupported` for parts that are no text, `invalid-request` for calls without results and results without calls
 */
export function toHistory(messages: readonly AdapterMessage[], context: CallContext): ChatHistoryItem[] {
  const history: ChatHistoryItem[] = [];
  const open = new Map<string, ChatModelFunctionCall>();
  for (const message of messages) {
    if (message.role === "tool") {
      for (const part of message.content) giveResult(part, open, context);
      continue;
    }
    if (message.role !== "assistant" || history.at(-1)?.type !== "model") noneOpen(open);
    if (message.role === "system") history.push({ type: "system", text: joined(message.content) });
    else if (message.role === "user") {
      const text = message.content.filter((part): part is TextPart => {
        if (part.type !== "text") context.unsupported(`${part.type} parts`, "it takes text only");
        return part.type === "text";
      });
      history.push({ type: "user", text: joined(text) });
    } else addTurn(message, history, open, context);
  }
  noneOpen(open);
  return history;
}

function addTurn(
  { content }: Extract<AdapterMessage, { role: "assistant" }>,
  history: ChatHistoryItem[],
  open: Map<string, ChatModelFunctionCall>,
  context: CallContext,
): void {
  if (history.at(-1)?.type !== "model") history.push({ type: "model", response: [] });
  const turn = history.at(-1) as ChatModelResponse;
  let first = true;
  for (const part of content) {
    if (part.type === "text" || part.type === "refusal") turn.response.push(part.text);
    else if (part.type === "reasoning") {
      if (part.text !== "")
        turn.response.push({ type: "segment", segmentType: "thought", text: part.text, ended: true });
    } else if (part.type === "tool-call") {
      const call = toCall(part);
      if (first) call.startsNewChunk = true;
      first = false;
      turn.response.push(call);
      open.set(part.id, call);
    } else if (part.type === "provider") context.unsupported(`blocks of ${part.provider}`, "it has none of its own");
    else context.unsupported(`${part.type} parts`, "it takes text only");
  }
}

function toCall({ name, input, inputText }: ToolCallPart): ChatModelFunctionCall {
  return { type: "functionCall", name, params: inputText ?? input, result: undefined };
}

function giveResult(part: AdapterToolResultPart, open: Map<string, ChatModelFunctionCall>, context: CallContext): void {
  const call = open.get(part.toolCallId);
  if (!call) throw wrongHistory(`there is a result of the call ${part.toolCallId}, but no such call before it`);
  open.delete(part.toolCallId);
  call.result = typeof part.output === "string" ? value(part.output) : value(textOf(part.output, context));
}

/** JSON is written as JSON, anything else as a string. */
function value(output: string): unknown {
  if (!/^\s*[[{]/.test(output)) return output;
  try {
    return JSON.parse(output) as unknown;
  } catch {
    return output;
  }
}

function textOf(output: readonly ToolOutputPart[], context: CallContext): string {
  return output
    .map((part) => {
      if (part.type === "text") return part.text;
      context.unsupported(`${part.type} parts`, "it takes text only");
      return "";
    })
    .join("");
}

const joined = (parts: readonly { text: string }[]): string => parts.map(({ text }) => text).join("");

function noneOpen(open: ReadonlyMap<string, unknown>): void {
  const [id] = open.keys();
  if (id !== undefined) throw wrongHistory(`the call ${id} has no result`);
}

function wrongHistory(what: string): LLMError {
  return new LLMError({ kind: "invalid-request", parameter: "messages", message: `messages: ${what}` });
}
