import type { FinishReason, Usage } from "@llmux/core";
import type { AdapterResult } from "@llmux/core/adapter";

/** What Converse, and the models that speak its language over InvokeModel, say of a reply beside its content. */
export interface ReplyFacts extends Record<string, unknown> {
  stopReason?: string | null | undefined;
  usage?: WireUsage | null | undefined;
}

export interface WireUsage extends Record<string, unknown> {
  inputTokens?: number | null;
  outputTokens?: number | null;
  cacheReadInputTokens?: number | null;
  cacheWriteInputTokens?: number | null;
  cacheReadInputTokenCount?: number | null;
  cacheWriteInputTokenCount?: number | null;
}

const FINISH: Readonly<Record<string, FinishReason["unified"]>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool-calls",
  guardrail_intervened: "content-filter",
  content_filtered: "content-filter",
};

/** What is known once a reply has ended. `onlyReply`: no tool was asked for but, where there is one, the output tool. */
export function finishFacts(
  { stopReason, usage, ...rest }: ReplyFacts,
  onlyReply: boolean,
): Pick<AdapterResult, "finishReason" | "usage" | "providerMetadata"> {
  const raw = stopReason ?? undefined;
  const unified = raw === "tool_use" && onlyReply ? "stop" : (FINISH[raw ?? ""] ?? "other");
  // Metrics, a guardrail's trace, the fields that additionalModelResponseFieldPaths asked for, …
  const said = Object.entries(rest).filter(([name, value]) => name !== "p" && value !== null && value !== undefined);
  return {
    finishReason: { unified, raw },
    usage: toUsage(usage),
    ...(said.length > 0 && { providerMetadata: { bedrock: Object.fromEntries(said) } }),
  };
}

function toUsage(usage: WireUsage | null | undefined): Usage {
  return usageOf(usage, {
    fresh: usage?.inputTokens,
    cacheRead: usage?.cacheReadInputTokens ?? usage?.cacheReadInputTokenCount,
    cacheWrite: usage?.cacheWriteInputTokens ?? usage?.cacheWriteInputTokenCount,
    output: usage?.outputTokens,
  });
}

/** What each kind of count is called differs from API to API. */
type Counts = Readonly<Record<"fresh" | "cacheRead" | "cacheWrite" | "output", number | null | undefined>>;

/** Both APIs' count of input leaves out what was read from or written to the cache; the total here holds both. */
export function usageOf(raw: object | null | undefined, { fresh, cacheRead, cacheWrite, output }: Counts): Usage {
  return {
    inputTokens: {
      total: fresh === undefined || fresh === null ? undefined : fresh + (cacheRead ?? 0) + (cacheWrite ?? 0),
      cacheRead: cacheRead ?? undefined,
      cacheWrite: cacheWrite ?? undefined,
    },
    outputTokens: { total: output ?? undefined, reasoning: undefined },
    ...(raw && { raw }),
  };
}
