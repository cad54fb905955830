import type { AudioPart, FilePart, ImagePart, ProviderPart } from "@llmux/core";
import type { AdapterMessage, AdapterToolResultPart, CallContext } from "@llmux/core/adapter";
import { mediaSource, toDataURL } from "@llmux/core/media";
import { toolInputText } from "@llmux/core/tool-calls";
import type { WireToolCall } from "./wire.js";

interface SentMessage {
  role: AdapterMessage["role"];
  content?: string | object[];
  tool_plan?: string;
  tool_calls?: (WireToolCall & { type: "function" })[];
  tool_call_id?: string;
}

/**
 * The messages of `v2/chat`.
 * @throws LLMError `unsupported` for what Cohere can't take, `invalid-request` for media that is none
 */
export function toMessages(messages: readonly AdapterMessage[], context: CallContext): SentMessage[] {
  return messages.flatMap((message) => {
    switch (message.role) {
      case "assistant":
        return [toAssistantMessage(message.content, context)];
      case "tool":
        return message.content.map((part) => toToolMessage(part, context));
      default: {
        const content = message.content.flatMap((part) => toContent(part, context));
        return [{ role: message.role, content: plain(content) }];
      }
    }
  });
}

/** Content that is but one text is sent as such, which every deployment takes. */
function plain(content: object[]): string | object[] {
  if (content.length === 0) return "";
  const { type, text } = content[0] as { type?: string; text?: string };
  return content.length === 1 && type === "text" && text !== undefined ? text : content;
}

type UserContent = Extract<AdapterMessage, { role: "user" }>["content"];
type AssistantContent = Extract<AdapterMessage, { role: "assistant" }>["content"];

function toContent(part: UserContent[number], context: CallContext): object[] {
  if (part.type === "text") return [{ type: "text", text: part.text }];
  if (part.type === "image") {
    const source = mediaSource(part);
    if (source.kind !== "file") {
      return [
        { type: "image_url", image_url: { url: toDataURL(source), ...(part.detail && { detail: part.detail }) } },
      ];
    }
    context.unsupported("image.data", "give the image's bytes, base64 or URL");
    return [];
  }
  return own(part, context);
}

/** A block of Cohere's own as it is; nothing else. */
function own(part: ProviderPart | FilePart | AudioPart | ImagePart, context: CallContext): object[] {
  if (part.type === "provider") {
    if (part.provider === "cohere") return [part.value as object];
    context.unsupported(`blocks of ${part.provider}`);
  } else if (part.type === "file") {
    context.unsupported("file parts", "give their text in providerOptions.cohere.documents");
  } else context.unsupported(`${part.type} parts`, part.type === "image" ? "only the user may send images" : undefined);
  return [];
}

function toAssistantMessage(parts: AssistantContent, context: CallContext): SentMessage {
  const message: SentMessage = { role: "assistant" };
  const content: object[] = [];
  for (const part of parts) {
    switch (part.type) {
      case "text":
      case "refusal":
        if (part.text !== "") content.push({ type: "text", text: part.text });
        break;
      case "reasoning":
        if (part.text === "") break;
        if (part.providerMetadata?.cohere?.tool_plan) message.tool_plan = (message.tool_plan ?? "") + part.text;
        else content.push({ type: "thinking", thinking: part.text });
        break;
      case "tool-call":
        message.tool_calls ??= [];
        message.tool_calls.push({
          id: part.id,
          type: "function",
          function: { name: part.name, arguments: toolInputText(part) },
        });
        break;
      default:
        content.push(...own(part, context));
    }
  }
  if (content.length > 0 || !message.tool_calls) message.content = plain(content);
  return message;
}

/** `isError` has no field of its own: the output says it. */
function toToolMessage({ toolCallId, output }: AdapterToolResultPart, context: CallContext): SentMessage {
  const message: SentMessage = { role: "tool", tool_call_id: toolCallId };
  if (typeof output === "string") return { ...message, content: output };
  const content = output.flatMap((part) => {
    if (part.type === "text") return [{ type: "text", text: part.text }];
    context.unsupported(`${part.type} parts`, "a tool's output is text");
    return [];
  });
  return { ...message, content: plain(content) };
}
