import type { AssistantPart, FinishReason, ModelInfo, UnifiedFinishReason, Usage } from "@llmux/core";
import type { AdapterResult } from "@llmux/core/adapter";
import { parseToolInput } from "@llmux/core/tool-calls";
import { errorFromObject, malformed, reading, type WireError } from "./errors.js";

// CHANGE: all of this file, to what the provider answers. Take any field for one that may be missing, or be null.

interface WireAnswer {
  id?: string | null;
  model?: string | null;
  content?: (WireBlock | null)[] | null;
  stop?: string | null;
  usage?: WireUsage | null;
  error?: WireError | null;
}

interface WireBlock {
  type?: string | null;
  text?: string | null;
  id?: string | null;
  name?: string | null;
  arguments?: string | null;
}

export interface WireUsage {
  input_tokens?: number | null;
  cached_tokens?: number | null;
  output_tokens?: number | null;
  thinking_tokens?: number | null;
}

/** What a whole answer means. @throws LLMError for an error, and for what is no answer */
export function readAnswer(text: string): AdapterResult {
  return reading(text, () => {
    const answer = JSON.parse(text) as WireAnswer;
    if (answer.error) throw errorFromObject(answer.error);
    if (!answer.content) throw malformed(text);
    return {
      content: answer.content.flatMap((block) => readBlock(block ?? {}, text)),
      finishReason: toFinishReason(answer.stop),
      usage: toUsage(answer.usage),
      response: { id: answer.id ?? undefined, model: answer.model ?? undefined },
    };
  });
}

function readBlock(block: WireBlock, answer: string): AssistantPart[] {
  switch (block.type) {
    case "text":
      return block.text ? [{ type: "text", text: block.text }] : [];
    case "thinking":
      return block.text ? [{ type: "reasoning", text: block.text }] : [];
    case "tool_call":
      if (!block.id || !block.name) throw malformed(answer);
      return [{ type: "tool-call", id: block.id, name: block.name, ...parseToolInput(block.arguments) }];
    default:
      return [];
  }
}

const FINISH = new Map<unknown, UnifiedFinishReason>([
  ["end", "stop"],
  ["max_tokens", "length"],
  ["tool_calls", "tool-calls"],
  ["filtered", "content-filter"],
]);

export function toFinishReason(raw: string | null | undefined): FinishReason {
  return { unified: FINISH.get(raw) ?? "other", raw: raw ?? undefined };
}

/** Totals hold their parts: add them up where the provider does not. What it does not count is `undefined`, never 0. */
export function toUsage(usage: WireUsage | null | undefined): Usage {
  return {
    inputTokens: {
      total: usage?.input_tokens ?? undefined,
      cacheRead: usage?.cached_tokens ?? undefined,
      cacheWrite: undefined,
    },
    outputTokens: {
      total: usage?.output_tokens ?? undefined,
      reasoning: usage?.thinking_tokens ?? undefined,
    },
    ...(usage && { raw: usage }),
  };
}

/** The vectors of one answer, in the order of the texts. @throws LLMError where there is not one for each */
export function readVectors(text: string, count: number): { vectors: Float32Array[]; tokens: number | undefined } {
  return reading(text, () => {
    const { vectors, usage } = JSON.parse(text) as { vectors?: number[][]; usage?: WireUsage | null };
    if (vectors?.length !== count) throw malformed(text);
    return { vectors: vectors.map((vector) => Float32Array.from(vector)), tokens: usage?.input_tokens ?? undefined };
  });
}

/** @throws LLMError for what is no list of models */
export function readModels(text: string): ModelInfo[] {
  return reading(text, () => {
    const { models } = JSON.parse(text) as { models: { id: string; name?: string | null }[] };
    return models.map((raw) => ({ id: raw.id, name: raw.name ?? undefined, raw }));
  });
}
