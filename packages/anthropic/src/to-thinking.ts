import type { ThinkingConfigParam } from "@anthropic-ai/sdk/resources/messages/messages";
import type { ReasoningEffort } from "@llmux/core";
import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import type { ModelFacts } from "./model-facts.js";

/** The least budget that the API takes. */
const MIN_BUDGET = 1024;

/** Budgets that stand for an effort, for the models that count rather than grade. */
const BUDGETS: Readonly<Record<Exclude<ReasoningEffort, "none">, number>> = {
  minimal: MIN_BUDGET,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 24_576,
  max: 31_999,
};

export interface Thinking {
  thinking?: ThinkingConfigParam;
  /** For `output_config.effort`. */
  effort?: "low" | "medium" | "high" | "xhigh" | "max";
}

/**
 * `reasoning` in Anthropic's terms. A model that counts gets `budgetTokens`, or a budget that stands for the effort; one that
 * grades gets the effort. Where the model does both, effort wins.
 */
export function toThinking(
  { reasoning, maxTokens }: AdapterRequest,
  facts: ModelFacts,
  context: CallContext,
): Thinking {
  const { effort, budgetTokens } = reasoning ?? {};
  if (effort === undefined && budgetTokens === undefined) return {};
  if (effort === "none" || (effort === undefined && budgetTokens === 0)) {
    if (facts.alwaysThinks) context.unsupported("reasoning", "this model always thinks");
    return facts.thinking === "none" || facts.alwaysThinks ? {} : { thinking: { type: "disabled" } };
  }
  if (facts.thinking === "none") {
    context.unsupported("reasoning", "this model does not think");
    return {};
  }
  if (facts.thinking === "adaptive" && effort === undefined) {
    context.unsupported("reasoning.budgetTokens", "this model takes reasoning.effort instead");
    return {};
  }
  if (facts.thinking !== "budget" && effort !== undefined) {
    // Models that only think this way hide their thinking unless asked for it.
    const display = facts.thinking === "adaptive" ? { display: "summarized" as const } : undefined;
    return { thinking: { type: "adaptive", ...display }, effort: nearestEffort(effort, facts, context) };
  }
  return { thinking: { type: "enabled", budget_tokens: toBudget(effort, budgetTokens, maxTokens, context) } };
}

function nearestEffort(
  effort: Exclude<ReasoningEffort, "none">,
  facts: ModelFacts,
  context: CallContext,
): NonNullable<Thinking["effort"]> {
  const sent = effort === "minimal" ? "low" : effort === "xhigh" && !facts.xhigh ? "high" : effort;
  if (sent !== effort) changed(context, "reasoning.effort", `"${effort}" was sent as "${sent}"`);
  return sent;
}

function toBudget(
  effort: Exclude<ReasoningEffort, "none"> | undefined,
  budgetTokens: number | undefined,
  maxTokens: number | undefined,
  context: CallContext,
): number {
  if (budgetTokens !== undefined) {
    if (budgetTokens >= MIN_BUDGET) return budgetTokens;
    changed(
      context,
      "reasoning.budgetTokens",
      `${budgetTokens} was raised to ${MIN_BUDGET}, the least that the API takes`,
    );
    return MIN_BUDGET;
  }
  // Thinking counts towards max_tokens, so a budget made here must leave room for the reply.
  const room = maxTokens === undefined ? Number.POSITIVE_INFINITY : Math.floor(maxTokens * 0.8);
  const budget = Math.max(MIN_BUDGET, Math.min(BUDGETS[effort ?? "medium"], room));
  changed(context, "reasoning.effort", `"${effort}" was sent as a budget of ${budget} tokens`);
  return budget;
}

function changed(context: CallContext, parameter: string, what: string): void {
  context.warn({ type: "changed", parameter, message: `${parameter} ${what}` });
}
