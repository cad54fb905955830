import type { AdapterMessage, AdapterRequest, CallContext } from "@llmux/core/adapter";
import type { ChatCompletionRequest$Outbound } from "@mistralai/mistralai/models/components/chatcompletionrequest.js";
import type { MistralOptions } from "./options.js";

/** The body of `/v1/chat/completions`, as the SDK types it; its types know no fields but those of its own version. */
export type ChatBody = Omit<ChatCompletionRequest$Outbound, "stream">;
export type ChatMessage = ChatBody["messages"][number];

/**
 * A request in the words of Mistral's chat completions (https://docs.mistral.ai/api/#tag/chat).
 *
 * @throws LLMError `unsupported` for what the API can't do, unless the context drops it; `invalid-request` for unreadable media
 */
export async function toChat(request: AdapterRequest, context: CallContext): Promise<ChatBody> {
  const { model, messages, tools, toolChoice, output, reasoning } = request;
  const { api: _, prefix = true, ...own } = request.providerOptions?.mistral ?? {};
  if (request.topK !== undefined) context.unsupported("topK");
  if (request.user !== undefined) context.unsupported("user", "it takes no id of the end user");
  if ((own.n ?? 1) > 1)
    context.warn({ type: "other", parameter: "n", message: "Of the n choices only the first is read" });
  return {
    model,
    messages: toPlainMessages(messages) ?? (await import("./to-messages.js")).toMessages(messages, context, prefix),
    ...((tools || toolChoice || output) && (await import("./to-tools.js")).toTools(request, context)),
    ...(reasoning && (await import("./to-reasoning.js")).toReasoning(model, reasoning, context)),
    prompt_cache_key: request.cacheKey,
    ...toSampling(request),
    // Left in the body, `undefined` fields cost nothing: JSON has none.
    ...own,
  } as ChatBody;
}

/** The parameters that chat and fill-in-the-middle have in common, and two that only chat has. */
export function toSampling(request: AdapterRequest): Partial<ChatBody> {
  return {
    max_tokens: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    stop: request.stopSequences as string[] | undefined,
    random_seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
  };
}

/** A conversation in which every message is one plain text and the last is not the assistant's, as most are. */
function toPlainMessages(messages: readonly AdapterMessage[]): ChatMessage[] | undefined {
  const plain: ChatMessage[] = [];
  for (const message of messages) {
    const [part, ...more] = message.content;
    if (part?.type !== "text" || part.providerOptions || more.length > 0) return undefined;
    const { role, name } = message as { role: "user"; name?: string };
    if (name !== undefined || "citations" in part) return undefined;
    plain.push({ role, content: part.text });
  }
  return messages.at(-1)?.role === "assistant" ? undefined : plain;
}

/** Whether a call goes to fill-in-the-middle. */
export function isFim({ api, suffix }: MistralOptions): boolean {
  return api === undefined ? suffix !== undefined : api === "fim";
}
