import type { FinishReason, ProviderMetadata, ResponseInfo, UnifiedFinishReason, Usage } from "@llmux/core";
import { countIn } from "@llmux/core/answers";
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

/** Why a reply ended. Whatever the provider says, one that calls a tool ends in that, and one that refuses in a refusal. */
export function toFinishReason(reason: unknown, calls: boolean, refused: boolean): FinishReason {
  const raw = typeof reason === "string" ? reason : undefined;
  const known = Object.hasOwn(FINISH_REASONS, raw ?? "") ? FINISH_REASONS[raw as string] : undefined;
  let unified = known ?? "other";
  if (unified === "stop" && (calls || refused)) unified = calls ? "tool-calls" : "content-filter";
  return { unified, raw };
}

export function toUsage(usage: WireUsage | null | undefined): Usage {
  return {
    inputTokens: {
      total: countIn(usage?.prompt_tokens),
      cacheRead: countIn(usage?.prompt_tokens_details?.cached_tokens),
      cacheWrite: undefined,
    },
    outputTokens: {
      total: countIn(usage?.completion_tokens),
      reasoning: countIn(usage?.completion_tokens_details?.reasoning_tokens),
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
