import type { FinishReason } from "@llmux/core";

const REASONS: Readonly<Record<string, FinishReason["unified"]>> = {
  STOP: "stop",
  // Not Google's, but what servers say that imitate it.
  FUNCTION_CALL: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content-filter",
  RECITATION: "content-filter",
  BLOCKLIST: "content-filter",
  PROHIBITED_CONTENT: "content-filter",
  SPII: "content-filter",
  MODEL_ARMOR: "content-filter",
  IMAGE_SAFETY: "content-filter",
  IMAGE_PROHIBITED_CONTENT: "content-filter",
  IMAGE_RECITATION: "content-filter",
};

/** What the numbers mean that both APIs have in common, for an answer with enums as integers. */
const NUMBERS: readonly string[] = ["FINISH_REASON_UNSPECIFIED", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER"];

/** Gemini also says `STOP` when it asks for tools. `UNEXPECTED_TOOL_CALL` and the like are failures of the model: `other`. */
export function toFinishReason(wire: string | number | null | undefined, toolCalls: boolean): FinishReason {
  const raw = typeof wire === "number" ? (NUMBERS[wire] ?? String(wire)) : (wire ?? undefined);
  const unified = Object.hasOwn(REASONS, raw ?? "") ? REASONS[raw ?? ""] : undefined;
  return { unified: unified === "stop" && toolCalls ? "tool-calls" : (unified ?? "other"), raw };
}

/** The prompt itself was refused. */
export function blocked(reason: string | number): FinishReason {
  return { unified: "content-filter", raw: String(reason) };
}
