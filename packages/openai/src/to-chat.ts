import type { AdapterMessage, AdapterRequest, CallContext } from "@llmux/core/adapter";
import type OpenAI from "openai";
import type { WireHost } from "./host.js";

export type ChatParams = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
export type ChatMessage = OpenAI.Chat.ChatCompletionMessageParam;

/** What few requests have, and code that is loaded late puts into words. */
const RARE = [
  "topK",
  "frequencyPenalty",
  "presencePenalty",
  "stopSequences",
  "seed",
  "reasoning",
  "cacheKey",
  "user",
] as const satisfies readonly (keyof AdapterRequest)[];

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
export async function toChat(request: AdapterRequest, context: CallContext, host: WireHost): Promise<ChatParams> {
  const { model, messages, tools, toolChoice, output } = request;
  const { api: _, ...own } = (request.providerOptions?.[host.provider] ?? {}) as Partial<ChatParams> & {
    api?: unknown;
  };
  const body = {
    model,
    messages:
      toPlainMessages(messages) ?? (await import("./to-chat-messages.js")).toChatMessages(request, context, host),
    ...((tools || toolChoice || output) && (await import("./to-chat-tools.js")).toChatTools(request, context, host)),
    [host.maxTokens ?? "max_completion_tokens"]: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    ...((RARE.some((name) => request[name] !== undefined) || own.n) &&
      (await import("./to-rare-parameters.js")).toRareParameters(request, own, context, host)),
  };
  if (host.tailor) await host.tailor(body, request, context);
  // Left in the body, `undefined` fields cost nothing: JSON has none.
  return { ...body, ...own } as ChatParams;
}

/** A conversation in which every message is one plain text, as most are; `undefined` for any other. */
function toPlainMessages(messages: readonly AdapterMessage[]): ChatMessage[] | undefined {
  const plain: ChatMessage[] = [];
  for (const message of messages) {
    const [part, ...more] = message.content;
    if (part?.type !== "text" || part.cache || part.providerOptions || more.length > 0) return undefined;
    const { role, name } = message as { role: "user"; name?: string };
    plain.push({ role, content: part.text, ...(name !== undefined && { name }) });
  }
  return plain;
}
