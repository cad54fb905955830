import type { AudioPart, FilePart, ImagePart, ProviderPart, ToolCallPart } from "@llmux/core";
import type { AdapterMessage, AdapterToolResultPart, CallContext } from "@llmux/core/adapter";
import { mediaSource } from "@llmux/core/media";
import { toPlainMessage, type WireMessage } from "./plain-message.js";

/**
 * Messages of every kind: with images, thinking, tool calls and their results. Loaded when a conversation holds more than text.
 * @throws LLMError `unsupported` for what Ollama can't take, `invalid-request` for media that is none
 */
export function toMessages(messages: readonly AdapterMessage[], context: CallContext): WireMessage[] {
  const names = new Map<string, string>();
  return messages.flatMap((message) => toPlainMessage(message) ?? toRichMessages(message, names, context));
}

/** What one message with more than text in it becomes; `names` collects the names of the tools that were called. */
function toRichMessages(message: AdapterMessage, names: Map<string, string>, context: CallContext): WireMessage[] {
  switch (message.role) {
    case "user":
      return [toUserMessage(message.content, context)];
    case "assistant":
      for (const part of message.content) if (part.type === "tool-call") names.set(part.id, part.name);
      return [toAssistantMessage(message.content, context)];
    case "tool":
      return message.content.map((part) => toToolMessage(part, names, context));
    case "system":
      // Core lets nothing but text into one, so it is plain.
      return [];
  }
}

type UserContent = Extract<AdapterMessage, { role: "user" }>["content"];
type AssistantContent = Extract<AdapterMessage, { role: "assistant" }>["content"];

export function toUserMessage(content: UserContent, context: CallContext): WireMessage {
  const texts: string[] = [];
  const images: string[] = [];
  for (const part of content) {
    if (part.type === "text") texts.push(part.text);
    else if (part.type === "image") addImage(part, images, context);
    else notAccepted(part, context);
  }
  const message: WireMessage = { role: "user", content: texts.join("\n") };
  if (images.length > 0) message.images = images;
  return message;
}

function toAssistantMessage(content: AssistantContent, context: CallContext): WireMessage {
  const message: WireMessage = { role: "assistant", content: "" };
  for (const part of content) {
    switch (part.type) {
      case "text":
      case "refusal":
        message.content += part.text;
        break;
      case "reasoning":
        if (part.text !== "") message.thinking = (message.thinking ?? "") + part.text;
        break;
      case "tool-call":
        message.tool_calls ??= [];
        message.tool_calls.push({
          id: part.id,
          function: { name: part.name, arguments: argumentsOf(part, context) },
        });
        break;
      default:
        notAccepted(part, context);
    }
  }
  return message;
}

/** Ollama takes only an object; what a model of another provider wrote instead is wrapped in one. */
function argumentsOf(call: ToolCallPart, context: CallContext): Record<string, unknown> {
  const { input, inputText } = call;
  if (inputText === undefined && (input === undefined || input === null)) return {};
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return input as Record<string, unknown>;
  context.warn({
    type: "changed",
    parameter: "messages",
    message: `The arguments of the call ${call.id} to ${call.name} are no JSON object, which Ollama asks for; they were sent as { "arguments": … }`,
  });
  return { arguments: inputText ?? input };
}

/** Results are matched by the tool's name; newer servers also read the id. `isError` has no field of its own: the output says it. */
function toToolMessage(
  part: AdapterToolResultPart,
  names: ReadonlyMap<string, string>,
  context: CallContext,
): WireMessage {
  const message: WireMessage = { role: "tool", content: "", tool_call_id: part.toolCallId };
  const name = part.toolName ?? names.get(part.toolCallId);
  if (name !== undefined) message.tool_name = name;
  if (typeof part.output === "string") message.content = part.output;
  else {
    const { content, images } = toUserMessage(part.output, context);
    message.content = content;
    if (images) message.images = images;
  }
  return message;
}

function addImage(part: ImagePart, images: string[], context: CallContext): void {
  const source = mediaSource({ ...part, mediaType: part.mediaType ?? "image/*" });
  if (source.kind === "base64") images.push(source.base64);
  else context.unsupported("image URLs", "give the image's bytes or base64");
}

function notAccepted(part: FilePart | AudioPart | ProviderPart | ImagePart, context: CallContext): void {
  if (part.type === "provider") context.unsupported(`blocks of ${part.provider}`, "it has none of its own");
  else
    context.unsupported(
      `${part.type} parts`,
      part.type === "image" ? "only the user and tools may send images" : undefined,
    );
}
