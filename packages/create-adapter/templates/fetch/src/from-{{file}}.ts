import type { AssistantPart, FinishReason, ModelInfo, UnifiedFinishReason, Usage } from "@llmux/core";
import type { AdapterResult } from "@llmux/core/adapter";
import { parseToolInput } from "@llmux/core/tool-calls";
import { errorFromObject, malformed, reading, type WireError } from "./errors.js";

// CHANGE: the provider's words. Any field may be missing, or be null: what must be there is asked for.

interface WireAnswer {
  id?: string | null;
  model?: string | null;
  output?: WirePart[] | null;
  stop_reason?: string | null;
  usage?: WireUsage | null;
  error?: WireError | null;
}

type WirePart =
  | { type: "text" | "refusal"; text: string }
  | { type: "reasoning"; text: string; signature?: string | null }
  | { type: "tool_call"; id: string; name: string; arguments: string };

export interface WireUsage {
  input_tokens?: number | null;
  cached_tokens?: number | null;
  output_tokens?: number | null;
  reasoning_tokens?: number | null;
}

const FINISH: ReadonlyMap<unknown, UnifiedFinishReason> = new Map<unknown, UnifiedFinishReason>([
  ["end", "stop"],
  ["max_tokens", "length"],
  ["tool_calls", "tool-calls"],
  ["filtered", "content-filter"],
]);

/** What a whole answer means. @throws LLMError for what is none */
export function readAnswer(text: string): AdapterResult {
  return reading(text, () => {
    const { error, output, stop_reason, usage, id, model } = JSON.parse(text) as WireAnswer;
    if (error) throw errorFromObject(error);
    if (!output) throw malformed(text);
    return {
      content: output.map((part) => toPart(part, text)),
      finishReason: toFinishReason(stop_reason),
      usage: toUsage(usage),
      response: { id: id ?? undefined, model: model ?? undefined },
    };
  });
}

function toPart(part: WirePart, text: string): AssistantPart {
  switch (part.type) {
    case "text":
    case "refusal":
      if (typeof part.text !== "string") throw malformed(text);
      return { type: part.type, text: part.text };
    case "reasoning":
      if (typeof part.text !== "string") throw malformed(text);
      return { type: "reasoning", text: part.text, ...(part.signature && { signature: part.signature }) };
    case "tool_call":
      if (!part.id || !part.name) throw malformed(text);
      return { type: "tool-call", id: part.id, name: part.name, ...parseToolInput(part.arguments) };
    default:
      throw malformed(text);
  }
}

export function toFinishReason(raw: string | null | undefined): FinishReason {
  return { unified: FINISH.get(raw) ?? "other", raw: raw ?? undefined };
}

/** CHANGE: totals must include their parts. Those of this provider do. */
export function toUsage(usage: WireUsage | null | undefined): Usage {
  return {
    inputTokens: {
      total: usage?.input_tokens ?? undefined,
      cacheRead: usage?.cached_tokens ?? undefined,
      cacheWrite: undefined,
    },
    outputTokens: {
      total: usage?.output_tokens ?? undefined,
      reasoning: usage?.reasoning_tokens ?? undefined,
    },
    ...(usage && { raw: usage }),
  };
}

/** The vectors of one answer, in the order of the texts. @throws LLMError where there is not one for each text */
export function readEmbeddings(text: string, count: number): { vectors: Float32Array[]; tokens: number | undefined } {
  return reading(text, () => {
    const { embeddings, usage } = JSON.parse(text) as { embeddings?: number[][]; usage?: WireUsage | null };
    if (embeddings?.length !== count) throw malformed(text);
    const vectors = embeddings.map((vector) => Float32Array.from(vector));
    return { vectors, tokens: usage?.input_tokens ?? undefined };
  });
}

export function readModels(text: string): ModelInfo[] {
  return reading(text, () => {
    const { models } = JSON.parse(text) as { models: { id: string }[] };
    return models.map((raw) => ({ id: raw.id, raw }));
  });
}
