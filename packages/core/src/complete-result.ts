import type { AdapterResult } from "./adapter-backend.js";
import type { AssistantPart, ReasoningPart } from "./content.js";
import type { HostedCall } from "./hosted-call.js";
import type { GenerateRequest } from "./request.js";
import type { GenerateResult } from "./result.js";

/** Derives from what the adapter answered all that a `GenerateResult` offers. */
export async function completeResult(
  result: AdapterResult,
  { host, model, warnings }: HostedCall,
  output: GenerateRequest["output"],
): Promise<GenerateResult> {
  const content = result.content.map((part) =>
    part.type === "reasoning" && isSealed(part) ? { ...part, provider: host.id } : part,
  );
  const complete = assembleResult({ ...result, content, provider: host.id, model, warnings, output: undefined });
  if (!output) return complete;
  const { outputOf } = await import("./structured-output.js");
  const parsed = await outputOf(complete, output);
  return { ...complete, output: parsed.output, warnings: [...warnings, ...parsed.warnings] };
}

/** Whether only the provider that made it can take it back as it is. */
export function isSealed({ signature, redacted, id }: ReasoningPart): boolean {
  return signature !== undefined || redacted !== undefined || id !== undefined;
}

type Derived = "text" | "reasoning" | "refusal" | "toolCalls" | "message";

/** A result from its content and facts: the views of the content are filled in. */
export function assembleResult(facts: Omit<GenerateResult, Derived>): GenerateResult {
  const { content } = facts;
  return {
    ...facts,
    text: joined(content, "text") ?? "",
    reasoning: joined(content, "reasoning"),
    refusal: joined(content, "refusal"),
    toolCalls: content.filter((part) => part.type === "tool-call"),
    message: { role: "assistant", content },
  };
}

/** `undefined` where no part of this type says anything: redacted reasoning alone is no reasoning to show. */
function joined(content: readonly AssistantPart[], type: "text" | "reasoning" | "refusal"): string | undefined {
  let text = "";
  for (const part of content) if (part.type === type) text += part.text;
  return text === "" ? undefined : text;
}
