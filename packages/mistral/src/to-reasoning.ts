import type { ReasoningEffort, ReasoningOptions } from "@llmux/core";
import type { CallContext } from "@llmux/core/adapter";
import type { ChatBody } from "./to-chat.js";

/**
 * `reasoning_effort`. Mistral Small 4 and Medium 3.5 know only `none` and `high`, Large 4 grades between them, Magistral always thinks
 * (https://docs.mistral.ai/capabilities/reasoning/).
 */
export function toReasoning(
  model: string,
  { effort, budgetTokens }: ReasoningOptions,
  context: CallContext,
): Partial<ChatBody> {
  if (budgetTokens !== undefined) context.unsupported("reasoning.budgetTokens", "it takes an effort instead");
  if (effort === undefined) return {};
  if (/^magistral/.test(model)) {
    if (effort === "none") context.unsupported("reasoning.effort", `${model} always thinks`);
    return {};
  }
  const sent = nearest(model, effort);
  if (sent !== effort) {
    const message = `${model} takes no effort "${effort}"; "${sent}" was sent`;
    context.warn({ type: "changed", parameter: "reasoning.effort", message });
  }
  return { reasoning_effort: sent };
}

function nearest(model: string, effort: ReasoningEffort): string {
  if (/^mistral-(small|medium)/.test(model)) return effort === "none" || effort === "minimal" ? "none" : "high";
  return effort === "max" ? "xhigh" : effort;
}
