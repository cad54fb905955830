import type { FinishReason, ProviderMetadata, UnifiedFinishReason, Usage } from "@llmux/core";
import { countIn } from "@llmux/core/answers";
import type { WireCitation, WireUsage } from "./wire.js";

const FINISH_REASONS: Readonly<Record<string, UnifiedFinishReason>> = {
  COMPLETE: "stop",
  STOP_SEQUENCE: "stop",
  MAX_TOKENS: "length",
  ERROR_LIMIT: "length",
  TOOL_CALL: "tool-calls",
  ERROR_TOXIC: "content-filter",
  CONTENT_FILTER: "content-filter",
};

/** Why a reply ended; not for those that {@link hasFailed}. */
export function toFinishReason(reason: unknown, calls: boolean): FinishReason {
  const raw = typeof reason === "string" ? reason : undefined;
  const known = Object.hasOwn(FINISH_REASONS, raw ?? "") ? FINISH_REASONS[raw as string] : undefined;
  const unified = known ?? "other";
  return { unified: unified === "stop" && calls ? "tool-calls" : unified, raw };
}

/** Whether Cohere says that it gave up on the reply. */
export function hasFailed(raw: string | null | undefined): raw is "ERROR" | "TIMEOUT" {
  return raw === "ERROR" || raw === "TIMEOUT";
}

/** Tokens as the model saw them; what is billed (`billed_units`) leaves out Cohere's own instructions, and is kept in `raw`. */
export function toUsage(usage: WireUsage | null | undefined): Usage {
  const { tokens, billed_units: billed, cached_tokens } = usage ?? {};
  const input = countIn(tokens?.input_tokens) ?? countIn(billed?.input_tokens);
  const images = countIn(tokens?.image_tokens) ?? 0;
  return {
    inputTokens: {
      total: input === undefined ? undefined : input + images,
      cacheRead: countIn(cached_tokens),
      cacheWrite: undefined,
    },
    outputTokens: {
      total: countIn(tokens?.output_tokens) ?? countIn(billed?.output_tokens),
      reasoning: countIn(tokens?.reasoning_tokens),
    },
    ...(usage && { raw: usage }),
  };
}

/** Facts that have no neutral place: log probabilities, and citations that stand in the plan or in the thinking. */
export function toMetadata(
  logprobs: readonly unknown[] | null | undefined,
  citations: readonly WireCitation[],
): ProviderMetadata | undefined {
  if (!logprobs?.length && citations.length === 0) return undefined;
  return { cohere: { ...(logprobs?.length && { logprobs }), ...(citations.length > 0 && { citations }) } };
}
