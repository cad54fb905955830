import type { AssistantPart, AudioPart, CacheHint, FilePart, ImagePart, ProviderPart, TextPart } from "@llmux/core";
import type { AdapterMessage, AdapterRequest, AdapterToolResultPart, CallContext } from "@llmux/core/adapter";
import { mediaSource, toDataURL } from "@llmux/core/media";
import { toolInputText } from "@llmux/core/tool-calls";
import type OpenAI from "openai";
import type { WireHost } from "./host.js";
import type { ChatMessage } from "./to-chat.js";

type ChatPart = OpenAI.Chat.ChatCompletionContentPart;
type ChatToolCall = OpenAI.Chat.ChatCompletionMessageToolCall;

/** A conversation of any content. */
export function toChatMessages(request: AdapterRequest, context: CallContext, host: WireHost): ChatMessage[] {
  return new Messages(request, context, host).messages;
}

/** The conversation, message by message. */
class Messages {
  readonly messages: ChatMessage[] = [];
  #warned = new Set<string>();

  constructor(
    request: AdapterRequest,
    private readonly context: CallContext,
    private readonly host: WireHost,
  ) {
    for (const message of request.messages) this.#add(message);
  }

  #add(message: AdapterMessage): void {
    switch (message.role) {
      case "system":
        this.messages.push({ role: "system", content: this.#text(message.content) });
        break;
      case "user":
        this.messages.push({ role: "user", content: this.#user(message.content), ...nameOf(message) });
        break;
      case "assistant":
        this.messages.push({ ...this.#assistant(message.content), ...nameOf(message) });
        break;
      case "tool":
        for (const part of message.content) {
          this.messages.push({ role: "tool", tool_call_id: part.toolCallId, content: this.#output(part) });
        }
    }
  }

  /** One part is sent as a string, which every server understands. */
  #text(parts: readonly TextPart[]): string | OpenAI.Chat.ChatCompletionContentPartText[] {
    const made = parts.map((part) => this.#textPart(part));
    const [only] = made;
    if (!only) return "";
    return made.length === 1 && Object.keys(only).length === 2 ? only.text : made;
  }

  #textPart(part: TextPart): OpenAI.Chat.ChatCompletionContentPartText {
    if (!this.host.cacheControl && typeof part.cache === "object" && part.cache.ttl === "1h") {
      this.#warn(
        "changed",
        "cache",
        "The provider caches by itself and decides for how long; see prompt_cache_retention",
      );
    }
    return {
      type: "text",
      text: part.text,
      ...this.#cacheControl(part),
      ...part.providerOptions?.[this.host.provider],
    };
  }

  /** For the hosts that cache on request, as Anthropic does. */
  #cacheControl({ cache }: { cache?: CacheHint | undefined }): object | undefined {
    if (!cache || !this.host.cacheControl) return undefined;
    return { cache_control: { type: "ephemeral", ...(cache !== true && { ttl: cache.ttl }) } };
  }

  #user(parts: readonly (TextPart | ImagePart | FilePart | AudioPart | ProviderPart)[]): string | ChatPart[] {
    if (parts.every((part) => part.type === "text")) return this.#text(parts as readonly TextPart[]);
    return parts.flatMap((part): ChatPart[] => {
      const made = this.#userPart(part);
      const own = part.providerOptions?.[this.host.provider];
      return made ? [{ ...made, ...this.#cacheControl(part), ...own } as ChatPart] : [];
    });
  }

  #userPart(part: TextPart | ImagePart | FilePart | AudioPart | ProviderPart): ChatPart | undefined {
    switch (part.type) {
      case "text":
        return this.#textPart(part);
      case "image": {
        const source = mediaSource(part);
        if (source.kind !== "file") {
          const detail = part.detail && { detail: part.detail };
          return { type: "image_url", image_url: { url: toDataURL(source), ...detail } };
        }
        this.context.unsupported("image.data.fileId", "Chat Completions takes an image as bytes or by URL");
        return undefined;
      }
      case "file": {
        const source = mediaSource(part);
        if (source.kind === "file") return { type: "file", file: { file_id: source.fileId } };
        if (source.kind === "base64") {
          const filename = part.filename ?? `file.${source.mediaType.replace(/^.*\/(x-)?/, "")}`;
          return { type: "file", file: { filename, file_data: toDataURL(source) } };
        }
        this.context.unsupported("file.data", "Chat Completions takes no URL of a file; the Responses API does");
        return undefined;
      }
      case "audio": {
        const source = mediaSource(part);
        const format = source.kind === "base64" ? /wav|mpeg|mp3/.exec(source.mediaType)?.[0] : undefined;
        if (source.kind === "base64" && format) {
          return {
            type: "input_audio",
            input_audio: { data: source.base64, format: format === "wav" ? "wav" : "mp3" },
          };
        }
        this.context.unsupported("audio.data", "it must be the bytes of a WAV or MP3");
        return undefined;
      }
      case "provider":
        return this.#providerPart(part) as ChatPart | undefined;
    }
  }

  #providerPart(part: ProviderPart): unknown {
    if (part.provider === this.host.provider) return part.value;
    this.context.unsupported("messages", `a part made by ${part.provider} can't be sent here`);
    return undefined;
  }

  #assistant(parts: readonly AssistantPart[]): ChatMessage {
    let text: string | null = null;
    let refusal: string | undefined;
    let reasoning: string | undefined;
    const details: unknown[] = [];
    let audio: { id: string } | undefined;
    const calls: ChatToolCall[] = [];
    for (const part of parts) {
      switch (part.type) {
        case "text":
          text = (text ?? "") + part.text;
          break;
        case "refusal":
          refusal = (refusal ?? "") + part.text;
          break;
        case "reasoning": {
          const own = part.providerMetadata?.[this.host.provider]?.reasoning_details;
          if (Array.isArray(own)) details.push(...own);
          else reasoning = (reasoning ?? "") + part.text;
          break;
        }
        case "tool-call":
          calls.push(this.#toolCall(part));
          break;
        default: {
          const id = part.type === "audio" && part.providerMetadata?.[this.host.provider]?.id;
          if (typeof id === "string") audio = { id };
          else this.context.unsupported("messages", `Chat Completions takes no ${part.type} part of an assistant`);
        }
      }
    }
    const { reasoning: field } = this.host;
    if (reasoning && !field)
      this.#warn("dropped", "messages", "Chat Completions takes no reasoning back; it was left out of the history");
    return {
      role: "assistant",
      content: text ?? (calls.length > 0 || refusal !== undefined || audio ? null : ""),
      ...(refusal !== undefined && { refusal }),
      ...(reasoning && field && { [field]: reasoning }),
      ...(details.length > 0 && { reasoning_details: details }),
      ...(audio && { audio }),
      ...(calls.length > 0 && { tool_calls: calls }),
    };
  }

  #toolCall(part: AssistantPart & { type: "tool-call" }): ChatToolCall {
    const { id, name } = part;
    const text = toolInputText(part);
    const metadata = { ...part.providerMetadata?.[this.host.provider], ...part.providerOptions?.[this.host.provider] };
    if (metadata.type === "custom") return { ...metadata, type: "custom", id, custom: { name, input: text } };
    return { ...metadata, type: "function", id, function: { name, arguments: text } };
  }

  #output({ output }: AdapterToolResultPart): string | OpenAI.Chat.ChatCompletionContentPartText[] {
    if (typeof output === "string") return output;
    const texts = output.filter((part) => part.type === "text");
    const other = output.find((part) => part.type !== "text");
    if (other) this.context.unsupported(`tool-result.${other.type}`, "Chat Completions takes only text from a tool");
    return this.#text(texts);
  }

  #warn(type: "changed" | "dropped", parameter: string, message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.context.warn({ type, parameter, message });
  }
}

function nameOf({ name }: { name?: string | undefined }): { name?: string } {
  return name === undefined ? {} : { name };
}
