import type { LLMErrorFacts } from "@llmux/core/adapter";

/** A failure with what is known here of it: for a deployment that is not there, which one and where it was looked for. */
export function explain(facts: LLMErrorFacts, model: string | undefined, baseURL: string): LLMErrorFacts {
  if (facts.code !== "DeploymentNotFound") return facts;
  const message = `There is no deployment named ${JSON.stringify(model)} at ${baseURL}. ${facts.message}`;
  return { ...facts, kind: "not-found", message };
}
