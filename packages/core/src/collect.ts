import { assembleResult, isSealed } from "./complete-result.js";
import type { AssistantPart, ReasoningPart, RefusalPart, TextPart } from "./content.js";
import { isLLMError, LLMError } from "./errors.js";
import { policyFacts } from "./policy-facts.js";
import type { GenerateResult } from "./result.js";
import type { FinishEvent, StartEvent, StreamEvent } from "./stream-event.js";
import { withErrorFacts } from "./with-error-facts.js";

/**
 * Runs a stream to its end and gives the result that `generate` would have given.
 *
 * @throws LLMError what the stream throws, with `partial` holding what had come by then
 */
export async function collect(stream: AsyncIterable<StreamEvent>): Promise<GenerateResult> {
  const content: AssistantPart[] = [];
  const open = new Map<string, TextPart | ReasoningPart | RefusalPart>();
  let start: StartEvent | undefined;
  let finish: FinishEvent | undefined;
  try {
    for await (const event of stream) {
      switch (event.type) {
        case "start":
          start = event;
          break;
        case "finish":
          finish = event;
          break;
        case "text-start":
        case "reasoning-start":
        case "refusal-start": {
          const part = { type: event.type.slice(0, -6) as "text" | "reasoning" | "refusal", text: "" };
          open.set(event.id, part);
          content.push(part);
          break;
        }
        case "text-delta":
        case "reasoning-delta":
        case "refusal-delta": {
          const part = open.get(event.id);
          if (part) part.text += event.delta;
          break;
        }
        case "text-end":
        case "reasoning-end":
        case "refusal-end": {
          const part = open.get(event.id);
          open.delete(event.id);
          if (part) seal(part, event, start?.provider);
          break;
        }
        case "tool-input-start":
        case "tool-input-delta":
        case "tool-input-end":
          break;
        default:
          content.push(event);
      }
    }
  } catch (error) {
    if (!isLLMError(error)) throw error;
    const { text, reasoning } = assembleResult({ content } as never);
    throw withErrorFacts(error, { partial: { text, reasoning: reasoning ?? "" } });
  }
  if (!finish)
    throw new LLMError({ kind: "connection", message: "The stream ended before the provider said that it was done" });
  return assembleResult({
    content,
    output: finish.output,
    finishReason: finish.finishReason,
    usage: finish.usage,
    warnings: [...(start?.warnings ?? []), ...(finish.warnings ?? [])],
    provider: start?.provider ?? "",
    model: start?.model ?? "",
    response: { ...start?.response, ...finish.response },
    ...(finish.providerMetadata && { providerMetadata: finish.providerMetadata }),
    ...policyFacts(finish),
  });
}

function seal(
  part: TextPart | ReasoningPart | RefusalPart,
  end: Extract<StreamEvent, { type: "text-end" | "reasoning-end" | "refusal-end" }>,
  provider: string | undefined,
): void {
  if (part.type === "text" && end.type === "text-end") {
    if (end.citations) part.citations = end.citations;
    if (end.providerMetadata) part.providerMetadata = end.providerMetadata;
  } else if (part.type === "reasoning" && end.type === "reasoning-end") {
    if (end.signature !== undefined) part.signature = end.signature;
    if (end.redacted !== undefined) part.redacted = end.redacted;
    if (end.itemId !== undefined) part.id = end.itemId;
    if (end.providerMetadata) part.providerMetadata = end.providerMetadata;
    if (isSealed(part)) part.provider = provider;
  }
}
