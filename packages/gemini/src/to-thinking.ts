import type { ReasoningEffort } from "@llmux/core";
import type { AdapterRequest, CallContext } from "@llmux/core/adapter";
import type { Level, ModelFacts } from "./model-facts.js";

/** `generationConfig.thinkingConfig`. */
interface ThinkingConfig {
  includeThoughts?: boolean;
  thinkingBudget?: number;
  thinkingLevel?: string;
}

type Effort = Exclude<ReasoningEffort, "none">;

/** Budgets that stand for an effort: Google's own table, https://ai.google.dev/gemini-api/docs/openai#thinking. */
const BUDGETS: Readonly<Record<Effort, number>> = {
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: Number.POSITIVE_INFINITY,
  max: Number.POSITIVE_INFINITY,
};

/**
 * `reasoning` in Google's terms, thoughts included. A model that grades gets a level, and one that counts a budget; `budgetTokens` alone
 * goes to either as it is.
 */
export function toThinking(
  { reasoning, maxTokens }: AdapterRequest,
  facts: ModelFacts,
  context: CallContext,
): ThinkingConfig | undefined {
  const { effort, budgetTokens } = reasoning ?? {};
  if (effort === undefined && budgetTokens === undefined) return undefined;
  if (effort === "none" || (effort === undefined && budgetTokens === 0)) return withoutThinking(facts, context);
  if (facts.thinking === "none") {
    context.unsupported("reasoning", "this model does not think");
    return undefined;
  }
  const includeThoughts = true;
  if (facts.thinking === "level" && effort !== undefined) {
    return { includeThoughts, thinkingLevel: toLevel(effort, facts, context).toUpperCase() };
  }
  const [least, most] = facts.budget;
  if (budgetTokens !== undefined) {
    const thinkingBudget = facts.thinking === "level" ? budgetTokens : Math.min(Math.max(budgetTokens, least), most);
    if (thinkingBudget !== budgetTokens) {
      const range = `this model takes ${least} to ${most}`;
      changed(context, "reasoning.budgetTokens", `${budgetTokens} was sent as ${thinkingBudget}: ${range}`);
    }
    return { includeThoughts, thinkingBudget };
  }
  // Thinking counts towards maxOutputTokens, so a budget made here must leave room for the reply.
  const room = maxTokens === undefined ? most : Math.floor(maxTokens * 0.8);
  const thinkingBudget = Math.max(least, Math.min(BUDGETS[effort as Effort], most, room));
  changed(context, "reasoning.effort", `"${effort}" was sent as a budget of ${thinkingBudget} tokens`);
  return { includeThoughts, thinkingBudget };
}

function withoutThinking(facts: ModelFacts, context: CallContext): ThinkingConfig | undefined {
  if (facts.thinking === "none") return undefined;
  if (facts.alwaysThinks) {
    context.unsupported("reasoning", "this model always thinks");
    return undefined;
  }
  if (facts.thinking === "budget") return { thinkingBudget: 0 };
  changed(context, "reasoning.effort", '"none" was sent as "minimal", the least that this model knows');
  return { thinkingLevel: "MINIMAL" };
}

function toLevel(effort: Effort, { levels }: ModelFacts, context: CallContext): Level {
  const wanted = effort === "xhigh" || effort === "max" ? "high" : effort;
  const level = levels.includes(wanted) ? wanted : wanted === "minimal" ? "low" : "high";
  if (level !== effort) changed(context, "reasoning.effort", `"${effort}" was sent as "${level}"`);
  return level;
}

function changed(context: CallContext, parameter: string, what: string): void {
  context.warn({ type: "changed", parameter, message: `${parameter} ${what}` });
}
