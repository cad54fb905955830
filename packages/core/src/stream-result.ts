import { policyFacts } from "./policy-facts.js";
import type { GenerateResult } from "./result.js";
import type { StreamEvent } from "./stream-event.js";

/**
 * The stream that a result could have come from, a delta for each word: the inverse of `collect`, for what answers a stream from a
 * whole result (a cache, a recording, a mock).
 */
export async function* streamResult(result: GenerateResult): AsyncGenerator<StreamEvent, void, void> {
  const { provider, model, warnings, response, content, finishReason, usage, output, providerMetadata, cachedAt } =
    result;
  yield { type: "start", provider, model, warnings, response, ...(cachedAt && { cachedAt }) };
  for (const [index, part] of content.entries()) {
    const id = String(index);
    if (part.type === "text" || part.type === "reasoning" || part.type === "refusal") {
      yield { type: `${part.type}-start`, id };
      for (const delta of part.text.match(/\s*\S+|\s+$/g) ?? []) yield { type: `${part.type}-delta`, id, delta };
      yield endOf(part, id);
    } else if (part.type === "tool-call") {
      yield { type: "tool-input-start", id: part.id, name: part.name };
      yield { type: "tool-input-delta", id: part.id, delta: part.inputText ?? JSON.stringify(part.input ?? {}) };
      yield { type: "tool-input-end", id: part.id };
      yield part;
    } else yield part;
  }
  yield {
    type: "finish",
    finishReason,
    usage,
    ...(output !== undefined && { output }),
    ...(providerMetadata && { providerMetadata }),
    ...policyFacts(result),
  };
}

function endOf(
  part: Extract<GenerateResult["content"][number], { type: "text" | "reasoning" | "refusal" }>,
  id: string,
): StreamEvent {
  if (part.type === "text") {
    const { citations, providerMetadata } = part;
    return { type: "text-end", id, ...(citations && { citations }), ...(providerMetadata && { providerMetadata }) };
  }
  if (part.type === "refusal") return { type: "refusal-end", id };
  const { signature, redacted, id: itemId, providerMetadata } = part;
  return {
    type: "reasoning-end",
    id,
    ...(signature !== undefined && { signature }),
    ...(redacted !== undefined && { redacted }),
    ...(itemId !== undefined && { itemId }),
    ...(providerMetadata && { providerMetadata }),
  };
}
