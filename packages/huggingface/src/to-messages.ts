import type { AudioPart, FilePart, ImagePart, ProviderPart } from "@llmux/core";
import type { AdapterMessage, AdapterToolResultPart, CallContext } from "@llmux/core/adapter";
import { mediaSource, toDataURL } from "@llmux/core/media";
import { toolInputText } from "@llmux/core/tool-calls";

interface SentMessage {
  role: AdapterMessage["role"];
  content?: string | object[] | null;
  name?: string;
  reasoning?: string;
  reasoning_content?: string;
  tool_calls?: object[];
  tool_call_id?: string;
}

/**
 * The messages of a chat completion.
 * @throws LLMError `unsupported` for what can't be sent, `invalid-request` for media that is none
 */
export function toMessages(messages: readonly AdapterMessage[], context: CallContext): SentMessage[] {
  return messages.flatMap((message): SentMessage[] => {
    switch (message.role) {
      case "assistant":
        return [toAssistantMessage(message, context)];
      case "tool":
        return message.content.map((part) => toToolMessage(part, context));
      case "user": {
        const content = plain(message.content.flatMap((part) => toContent(part, context)));
        return [{ role: "user", content, ...(message.name !== undefined && { name: message.name }) }];
      }
      default:
        // Some chat templates take a system message as one text only.
        return [{ role: "system", content: message.content.map(({ text }) => text).join("\n") }];
    }
  });
}

/** Content that is but one text is sent as such, which every server takes. */
function plain(content: object[]): string | object[] {
  if (content.length === 0) return "";
  const { type, text } = content[0] as { type?: string; text?: string };
  return content.length === 1 && type === "text" && text !== undefined ? text : content;
}

type UserContent = Extract<AdapterMessage, { role: "user" }>["content"];
type AssistantMessage = Extract<AdapterMessage, { role: "assistant" }>;

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

/** A part in the provider's own words as it is; nothing else. */
function own(part: ProviderPart | FilePart | AudioPart | ImagePart, context: CallContext): object[] {
  if (part.type === "provider") {
    if (part.provider === "huggingface") return [part.value as object];
    context.unsupported(`blocks of ${part.provider}`);
  } else context.unsupported(`${part.type} parts`, part.type === "image" ? "only the user may send images" : undefined);
  return [];
}

function toAssistantMessage({ content: parts, name }: AssistantMessage, context: CallContext): SentMessage {
  const message: SentMessage = { role: "assistant" };
  const content: object[] = [];
  let text = "";
  for (const part of parts) {
    switch (part.type) {
      case "text":
      case "refusal":
        text += part.text;
        break;
      case "reasoning": {
        // Back to the name that it came under: which one a provider knows is not to be guessed.
        const field = part.providerMetadata?.huggingface?.field;
        if (field === "reasoning" || field === "reasoning_content") message[field] = (message[field] ?? "") + part.text;
        else if (part.text !== "") {
          const why = "Reasoning that did not come from Hugging Face was left out of the history";
          context.warn({ type: "dropped", parameter: "messages", message: why });
        }
        break;
      }
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
  if (content.length > 0) message.content = text === "" ? content : [{ type: "text", text }, ...content];
  else if (text !== "" || !message.tool_calls) message.content = text;
  if (name !== undefined) message.name = name;
  return message;
}

/** `isError` has no field of its own: the output says it. */
function toToolMessage({ toolCallId, output }: AdapterToolResultPart, context: CallContext): SentMessage {
  if (typeof output === "string") return { role: "tool", tool_call_id: toolCallId, content: output };
  const texts = output.flatMap((part) => {
    if (part.type === "text") return [part.text];
    context.unsupported(`${part.type} parts`, "a tool's output is text");
    return [];
  });
  return { role: "tool", tool_call_id: toolCallId, content: texts.join("\n") };
}
