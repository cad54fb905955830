import type { ReasoningEffort, ReasoningOptions } from "@llmux/core";
import type { CallContext } from "@llmux/core/adapter";
import type { ChatBody } from "./to-chat.js";

/**
 * `reasoning_effort` (https://docs.mistral.ai/capabilities/reasoning/). Mistral Small and Medium and what goes by the name of Magistral today
 * know only `none` and `high`, and refuse all else; Large 4 grades between them; the dated Magistral models always think. For any other
 * model the effort is sent as it is, for the API to judge: a list of those that can reason would always be too short.
 */
export function toReasoning(
  model: string,
  { effort, budgetTokens }: ReasoningOptions,
  context: CallContext,
): Partial<ChatBody> {
  if (budgetTokens !== undefined) context.unsupported("reasoning.budgetTokens", "it takes an effort instead");
  if (effort === undefined) return {};
  if (/^magistral-\w+-25\d\d/.test(model)) {
    if (effort === "none") context.unsupported("reasoning.effort", `${model} always thinks`);
    return {};
  }
  // They don't, and would refuse to be told so.
  if (effort === "none" && /^(ministral|codestral|devstral|pixtral|voxtral|open-)/.test(model)) return {};
  const sent = nearest(model, effort);
  if (sent !== effort) {
    const message = `${model} takes no effort "${effort}"; "${sent}" was sent`;
    context.warn({ type: "changed", parameter: "reasoning.effort", message });
  }
  return { reasoning_effort: sent };
}

function nearest(model: string, effort: ReasoningEffort): string {
  if (/^(mistral-(small|medium)|magistral)/.test(model)) {
    return effort === "none" || effort === "minimal" ? "none" : "high";
  }
  return effort === "max" ? "xhigh" : effort;
}
