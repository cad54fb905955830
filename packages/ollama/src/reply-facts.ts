import type { FinishReason, ProviderMetadata, ResponseInfo, Usage } from "@llmux/core";
import type { Reply } from "./reply.js";

/** Ollama says `stop` after tool calls too. */
export function finishReasonOf({ done_reason }: Reply, hasToolCalls: boolean): FinishReason {
  const raw = typeof done_reason === "string" ? done_reason : undefined;
  if (raw === "length") return { unified: "length", raw };
  if (hasToolCalls) return { unified: "tool-calls", raw };
  // Old servers give none, `load` and `unload` answer an empty prompt.
  return { unified: raw === "stop" ? "stop" : "other", raw: raw || undefined };
}

export function usageOf(reply: Reply): Usage {
  const { total_duration, load_duration, prompt_eval_count, prompt_eval_duration, eval_count, eval_duration } = reply;
  return {
    inputTokens: { total: countOf(prompt_eval_count), cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: countOf(eval_count), reasoning: undefined },
    raw: { total_duration, load_duration, prompt_eval_count, prompt_eval_duration, eval_count, eval_duration },
  };
}

function countOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

export function responseOf({ model, created_at }: Reply): ResponseInfo {
  const createdAt = new Date(created_at ?? Number.NaN);
  return { model, createdAt: Number.isNaN(createdAt.getTime()) ? undefined : createdAt };
}

export function metadataOf({ context }: Reply, logprobs: readonly unknown[] | undefined): ProviderMetadata | undefined {
  if (!context && !logprobs) return undefined;
  return { ollama: { ...(context && { context }), ...(logprobs && { logprobs }) } };
}
