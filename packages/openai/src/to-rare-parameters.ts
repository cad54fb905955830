import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import type { WireHost } from "./host.js";
import type { ChatParams } from "./to-chat.js";

/** The parameters that few requests have. Loaded with the first that has any. */
export function toRareParameters(
  request: AdapterRequest,
  own: Partial<ChatParams>,
  context: CallContext,
  host: WireHost,
): Record<string, unknown> {
  const { reasoning } = request;
  if (request.topK !== undefined && !host.topK) context.unsupported("topK", "Chat Completions has no such parameter");
  if (reasoning?.budgetTokens !== undefined && !host.reasoningBudget)
    context.unsupported("reasoning.budgetTokens", "it takes an effort instead");
  if ((own.n ?? 1) > 1)
    context.warn({ type: "other", parameter: "n", message: "Of the n choices only the first is read" });
  return {
    top_k: host.topK ? request.topK : undefined,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    stop: request.stopSequences,
    seed: request.seed,
    reasoning_effort: reasoning?.effort,
    prompt_cache_key: request.cacheKey,
    [host.user ?? "safety_identifier"]: request.user,
  };
}
