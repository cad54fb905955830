import type { AdapterRequest, CallContext } from "@llmux/core/adapter";

/**
 * `think` from the reasoning effort. Ollama grades `low`, `medium`, `high` and `max`; gpt-oss knows no `max`, and can't be kept from
 * thinking (docs/capabilities/thinking.mdx of ollama/ollama). What has no match is sent as the nearest, with a warning.
 */
export function thinkFrom({ model, reasoning }: AdapterRequest, context: CallContext): boolean | string | undefined {
  if (reasoning?.budgetTokens !== undefined) {
    context.unsupported("reasoning.budgetTokens", "it grades thinking and does not count it; use reasoning.effort");
  }
  const effort = reasoning?.effort;
  if (effort === undefined) return undefined;
  const graded = /(^|[/-])gpt-oss/.test(model);
  let think: boolean | string = effort;
  if (effort === "none") think = graded ? "low" : false;
  else if (effort === "minimal") think = "low";
  else if (effort === "xhigh" || effort === "max") think = graded ? "high" : "max";
  if (think !== effort && think !== false) {
    const message = `${model} knows no reasoning effort "${effort}"; sent think: "${think}"`;
    context.warn({ type: "changed", parameter: "reasoning.effort", message });
  }
  return think;
}
