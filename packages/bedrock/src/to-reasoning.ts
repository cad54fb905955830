import type { ReasoningEffort } from "@llmux/core";
import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import type { ModelFacts } from "./model-facts.js";

type Effort = Exclude<ReasoningEffort, "none">;

/** The least budget that Claude takes. */
const MIN_BUDGET = 1024;

/** Budgets that stand for an effort, for the Claudes that count rather than grade. */
const BUDGETS: Readonly<Record<Effort, number>> = {
  minimal: MIN_BUDGET,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 24_576,
  max: 31_999,
};

export interface Reasoning {
  /** For `additionalModelRequestFields`. */
  fields?: Record<string, unknown> | undefined;
  /** For `outputConfig.effort`. */
  effort?: string | undefined;
}

/**
 * `reasoning` in the model's own terms: Claude's `thinking` by a budget, or adaptive with an effort; Nova's `reasoningConfig`;
 * gpt-oss's `reasoning_effort`. Of what other models take nothing is documented.
 */
export function toReasoning(request: AdapterRequest, facts: ModelFacts, context: CallContext): Reasoning {
  const { effort, budgetTokens } = request.reasoning ?? {};
  if (effort === undefined && budgetTokens === undefined) return {};
  if (effort === "none" || (effort === undefined && budgetTokens === 0)) return toNone(facts, context);
  if (facts.thinking === "none") {
    context.unsupported("reasoning", "this model does not think on request");
    return {};
  }
  if (facts.thinking === "effort" && effort === undefined) {
    context.unsupported("reasoning.budgetTokens", "this model takes reasoning.effort instead");
    return {};
  }
  if (facts.family === "gpt-oss") return { fields: { reasoning_effort: graded(effort as Effort, context) } };
  if (facts.family === "nova") {
    return { fields: { reasoningConfig: { type: "enabled", maxReasoningEffort: graded(effort as Effort, context) } } };
  }
  if (facts.thinking !== "budget" && effort !== undefined) {
    const sent = effort === "minimal" ? "low" : effort === "xhigh" && facts.version < 407 ? "high" : effort;
    if (sent !== effort) changed(context, "reasoning.effort", `"${effort}" was sent as "${sent}"`);
    // Models that only think this way hide their thinking unless asked for it.
    const display = facts.thinking === "effort" ? { display: "summarized" } : undefined;
    return { fields: { thinking: { type: "adaptive", ...display } }, effort: sent };
  }
  return { fields: { thinking: { type: "enabled", budget_tokens: toBudget(request, context) } } };
}

function toNone(facts: ModelFacts, context: CallContext): Reasoning {
  if (facts.alwaysThinks || facts.family === "gpt-oss") {
    context.unsupported("reasoning", "this model always thinks");
    return {};
  }
  if (facts.thinking === "none") return {};
  return {
    fields: facts.family === "nova" ? { reasoningConfig: { type: "disabled" } } : { thinking: { type: "disabled" } },
  };
}

/** The nearest of the three grades that these models have. */
function graded(effort: Effort, context: CallContext): string {
  const sent = effort === "minimal" ? "low" : effort === "xhigh" || effort === "max" ? "high" : effort;
  if (sent !== effort) changed(context, "reasoning.effort", `"${effort}" was sent as "${sent}"`);
  return sent;
}

function toBudget({ reasoning, maxTokens }: AdapterRequest, context: CallContext): number {
  const { effort, budgetTokens } = reasoning ?? {};
  if (budgetTokens !== undefined) {
    if (budgetTokens < MIN_BUDGET)
      changed(
        context,
        "reasoning.budgetTokens",
        `${budgetTokens} was raised to ${MIN_BUDGET}, the least that Claude takes`,
      );
    return Math.max(budgetTokens, MIN_BUDGET);
  }
  // Thinking counts towards the most tokens to generate, so a budget made here must leave room for the reply.
  const room = maxTokens === undefined ? Number.POSITIVE_INFINITY : Math.floor(maxTokens * 0.8);
  const budget = Math.max(MIN_BUDGET, Math.min(BUDGETS[(effort ?? "medium") as Effort], room));
  changed(context, "reasoning.effort", `"${effort}" was sent as a budget of ${budget} tokens`);
  return budget;
}

function changed(context: CallContext, parameter: string, what: string): void {
  context.warn({ type: "changed", parameter, message: `${parameter} ${what}` });
}
