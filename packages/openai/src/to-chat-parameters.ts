import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import type { WireHost } from "./host.js";
import type { ChatParams } from "./to-chat.js";

/** A chat's body with the parameters that few requests have. Loaded with the first that has any. */
export async function withParameters(
  plain: ChatParams,
  request: AdapterRequest,
  context: CallContext,
  host: WireHost,
): Promise<ChatParams> {
  const { tools, toolChoice, output, reasoning } = request;
  const { api: _, ...own } = (request.providerOptions?.[host.provider] ?? {}) as Partial<ChatParams> & {
    api?: unknown;
  };
  if (request.topK !== undefined && !host.topK) context.unsupported("topK", "Chat Completions has no such parameter");
  if (reasoning?.budgetTokens !== undefined && !host.reasoningBudget)
    context.unsupported("reasoning.budgetTokens", "it takes an effort instead");
  if ((own.n ?? 1) > 1)
    context.warn({ type: "other", parameter: "n", message: "Of the n choices only the first is read" });
  const { stream, stream_options, ...asked } = plain as ChatParams & { stream?: boolean };
  const body = {
    ...asked,
    ...((tools || toolChoice || output) && (await import("./to-chat-tools.js")).toChatTools(request, context, host)),
    top_p: request.topP,
    top_k: host.topK ? request.topK : undefined,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    stop: request.stopSequences,
    seed: request.seed,
    reasoning_effort: reasoning?.effort,
    prompt_cache_key: request.cacheKey,
    [host.user ?? "safety_identifier"]: request.user,
  };
  if (host.tailor) await host.tailor(body, request, context);
  const result = { ...body, ...own } as ChatParams;
  if (!stream) return result;
  // Azure refuses the two together (Azure/azure-sdk-for-js#30751).
  const usage = stream_options && own.stream_options !== null && !("data_sources" in result);
  return {
    ...result,
    stream,
    stream_options: usage ? { ...stream_options, ...own.stream_options } : undefined,
  } as never;
}
