import type { AssistantPart, ProviderPart, TextPart, ToolCallPart, Warning } from "@llmux/core";
import type { AdapterMessage, AdapterToolResultPart, CallContext } from "@llmux/core/adapter";
import { toolInputText } from "@llmux/core/tool-calls";
import type { ChatMessage } from "./to-chat.js";
import { toMediaChunk } from "./to-media-chunk.js";
import { thinkingChunk, toTextChunks } from "./to-text-chunks.js";
import { ToolCallIds } from "./tool-call-ids.js";
import type { WireChunk } from "./wire.js";

/**
 * A conversation of any content.
 *
 * - A part's `providerOptions` are laid over its piece of the body.
 * - Cache hints need nothing: Mistral caches by itself.
 * - A tool result's `isError` has no field of its own: the output says it.
 *
 * @param prefix Whether an assistant's message at the end is one to go on from.
 */
export function toMessages(messages: readonly AdapterMessage[], context: CallContext, prefix: boolean): ChatMessage[] {
  const made = new Messages(context).add(messages);
  const last = made.at(-1);
  if (prefix && last?.role === "assistant" && !("tool_calls" in last)) Object.assign(last, { prefix: true });
  return made;
}

const BRIDGE = "OK.";

class Messages {
  readonly #ids = new ToolCallIds();
  readonly #context: CallContext;
  readonly #warned = new Set<string>();

  constructor(context: CallContext) {
    this.#context = context;
  }

  add(messages: readonly AdapterMessage[]): ChatMessage[] {
    const made: object[] = [];
    for (const [index, message] of messages.entries()) {
      if (message.role === "user" && messages[index - 1]?.role === "tool") made.push(this.#bridge());
      made.push(...this.#message(message));
    }
    return made as ChatMessage[];
  }

  /** "Unexpected role 'user' after role 'tool'": what other providers take, Mistral does not. */
  #bridge(): object {
    this.#warnOnce({
      type: "changed",
      parameter: "messages",
      message: `Mistral takes no user's message right after a tool's result; an assistant's "${BRIDGE}" was put between them`,
    });
    return { role: "assistant", content: BRIDGE };
  }

  #message(message: AdapterMessage): object[] {
    if ("name" in message && message.name !== undefined)
      this.#warnOnce({ type: "dropped", parameter: "name", message: "Mistral takes no name of a participant" });
    switch (message.role) {
      case "system":
        return [{ role: "system", content: shortened(message.content.flatMap(toTextChunks)) }];
      case "user":
        return [{ role: "user", content: shortened(message.content.flatMap((part) => this.#chunks(part))) }];
      case "assistant":
        return this.#assistant(message.content);
      case "tool":
        return message.content.map((part) => this.#toolResult(part));
    }
  }

  #chunks(part: TextPart | ProviderPart | Parameters<typeof toMediaChunk>[0]): WireChunk[] {
    if (part.type === "text") return toTextChunks(part);
    const chunk = part.type === "provider" ? this.#providerPart(part) : toMediaChunk(part, this.#context);
    return chunk ? [{ ...chunk, ...part.providerOptions?.mistral }] : [];
  }

  #providerPart(part: ProviderPart): WireChunk | undefined {
    if (part.provider === "mistral") return part.value as WireChunk;
    this.#context.unsupported("messages", `a part made by ${part.provider} can't be sent here`);
    return undefined;
  }

  /** A message without anything is left out: the API refuses it. */
  #assistant(parts: readonly AssistantPart[]): object[] {
    const chunks: WireChunk[] = [];
    const calls: object[] = [];
    for (const part of parts) {
      switch (part.type) {
        case "tool-call":
          calls.push(this.#toolCall(part));
          break;
        case "refusal":
          chunks.push({ type: "text", text: part.text });
          break;
        case "reasoning": {
          const chunk = thinkingChunk(part);
          if (chunk) chunks.push(chunk);
          else
            this.#warnOnce({
              type: "dropped",
              parameter: "messages",
              message: "Reasoning that is not Mistral's own was left out of the history",
            });
          break;
        }
        default:
          chunks.push(...this.#chunks(part));
      }
    }
    const content = shortened(chunks);
    if (content === "" && calls.length === 0) return [];
    return [{ role: "assistant", content, ...(calls.length > 0 && { tool_calls: calls }) }];
  }

  #toolCall(part: ToolCallPart): object {
    return {
      ...part.providerMetadata?.mistral,
      id: this.#ids.of(part.id),
      type: "function",
      function: { name: part.name, arguments: toolInputText(part) },
      ...part.providerOptions?.mistral,
    };
  }

  #toolResult({ toolCallId, toolName, output, providerOptions }: AdapterToolResultPart): object {
    const content = typeof output === "string" ? output : shortened(output.flatMap((part) => this.#chunks(part)));
    return {
      role: "tool",
      tool_call_id: this.#ids.of(toolCallId),
      ...(toolName !== undefined && { name: toolName }),
      content,
      ...providerOptions?.mistral,
    };
  }

  #warnOnce(warning: Warning): void {
    if (this.#warned.has(warning.message)) return;
    this.#warned.add(warning.message);
    this.#context.warn(warning);
  }
}

/** Plain text as a string, which every model understands. */
function shortened(chunks: WireChunk[]): string | WireChunk[] {
  const isPlain = chunks.every((chunk) => chunk.type === "text" && Object.keys(chunk).length === 2);
  if (!isPlain || chunks.length > 1) return chunks;
  return chunks[0]?.text ?? "";
}
