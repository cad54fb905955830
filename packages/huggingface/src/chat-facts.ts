import type { FinishReason, ProviderMetadata, ResponseInfo, UnifiedFinishReason, Usage } from "@llmux/core";
import type { WireCompletion, WireMessage, WireUsage } from "./wire.js";

/** OpenAI's, and TGI's `eos_token` and `stop_sequence`. */
const FINISH_REASONS: Readonly<Record<string, UnifiedFinishReason>> = {
  stop: "stop",
  eos: "stop",
  eos_token: "stop",
  stop_sequence: "stop",
  length: "length",
  tool_calls: "tool-calls",
  function_call: "tool-calls",
  content_filter: "content-filter",
};

export function toFinishReason(raw: string | null | undefined, calls: boolean): FinishReason {
  const known = Object.hasOwn(FINISH_REASONS, raw ?? "") ? FINISH_REASONS[raw as string] : undefined;
  const unified = known ?? "other";
  return { unified: unified === "stop" && calls ? "tool-calls" : unified, raw: raw ?? undefined };
}

export function toUsage(usage: WireUsage | null | undefined): Usage {
  return {
    inputTokens: {
      total: usage?.prompt_tokens ?? undefined,
      cacheRead: usage?.prompt_tokens_details?.cached_tokens ?? undefined,
      cacheWrite: undefined,
    },
    outputTokens: {
      total: usage?.completion_tokens ?? undefined,
      reasoning: usage?.completion_tokens_details?.reasoning_tokens ?? undefined,
    },
    ...(usage && { raw: usage }),
  };
}

export function toResponse({ id, model, created }: WireCompletion): ResponseInfo {
  return {
    id: id || undefined,
    model: model || undefined,
    createdAt: typeof created === "number" && created > 0 ? new Date(created * 1000) : undefined,
  };
}

/** Facts that have no neutral place. */
export function toMetadata(
  fingerprint: string | null | undefined,
  logprobs: readonly unknown[] | null | undefined,
): ProviderMetadata | undefined {
  if (!fingerprint && !logprobs?.length) return undefined;
  return {
    huggingface: {
      ...(fingerprint && { system_fingerprint: fingerprint }),
      ...(logprobs?.length && { logprobs: { content: logprobs } }),
    },
  };
}

/** Under which name this provider writes the model's reasoning, so that it can be sent back under the same. */
export function reasoningFieldOf(message: WireMessage): "reasoning" | "reasoning_content" | undefined {
  if (message.reasoning_content) return "reasoning_content";
  return typeof message.reasoning === "string" && message.reasoning !== "" ? "reasoning" : undefined;
}
