import type { AdapterMessage, AdapterRequest, CallContext } from "@llmux/core/adapter";
import type OpenAI from "openai";
import type { WireHost } from "./host.js";

export type ChatParams = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
export type ChatMessage = OpenAI.Chat.ChatCompletionMessageParam;

/** Kept, for the loader takes its time even over a module that it has. */
let further: Promise<typeof import("./to-chat-parameters.js")> | undefined;

/**
 * A request in the words of Chat Completions.
 *
 * - A part's and a tool's `providerOptions` are laid over its piece of the body.
 * - Cache hints need nothing: prompts of 1,024 tokens and more are cached by OpenAI itself. How long, its
 *   `prompt_cache_retention` says; a hint that asks for an hour is told so in a warning.
 * - A tool result's `isError` has no field of its own: the output says it.
 *
 * @throws LLMError `unsupported` for what the API can't do, unless the context drops it; `invalid-request` for unreadable media
 */
export async function toChat(
  request: AdapterRequest,
  context: CallContext,
  host: WireHost,
  stream?: boolean,
): Promise<ChatParams> {
  const { model, messages, maxTokens, temperature, headers: _, ...more } = request;
  // Left in the body, `undefined` fields cost nothing: JSON has none.
  const body = {
    model,
    messages:
      toPlainMessages(messages) ?? (await import("./to-chat-messages.js")).toChatMessages(request, context, host),
    [host.maxTokens ?? "max_completion_tokens"]: maxTokens,
    temperature,
    ...(stream && { stream, stream_options: host.streamUsage === false ? undefined : { include_usage: true } }),
  } as ChatParams;
  if (!host.tailor && Object.values(more).every((value) => value === undefined)) return body;
  further ??= import("./to-chat-parameters.js");
  return (await further).withParameters(body, request, context, host);
}

/** A conversation in which every message is one plain text, as most are; `undefined` for any other. */
function toPlainMessages(messages: readonly AdapterMessage[]): ChatMessage[] | undefined {
  const plain: ChatMessage[] = [];
  for (const message of messages) {
    const [part, more] = message.content;
    if (part?.type !== "text" || part.cache || part.providerOptions || more) return undefined;
    const { role, name } = message as { role: "user"; name?: string };
    plain.push({ role, content: part.text, name } as ChatMessage);
  }
  return plain;
}
