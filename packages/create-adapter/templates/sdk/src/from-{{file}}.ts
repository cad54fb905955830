import type { AssistantPart, FinishReason, ModelInfo, UnifiedFinishReason, Usage } from "@llmux/core";
import type { AdapterResult } from "@llmux/core/adapter";
import { parseToolInput } from "@llmux/core/tool-calls";
import { errorFromObject, malformed, reading, type WireError } from "./errors.js";

// CHANGE: the provider's words, in the whole file. The example speaks OpenAI's Chat Completions.

/** The body of an answer, or of one chunk of its stream. Any field may be missing, or be null. */
export interface WireAnswer {
  id?: string | null;
  model?: string | null;
  choices?:
    | ({ message?: WireMessage | null; delta?: WireMessage | null; finish_reason?: string | null } | null)[]
    | null;
  usage?: WireUsage | null;
  error?: WireError | null;
}

interface WireMessage {
  content?: string | null;
  reasoning_content?: string | null;
  refusal?: string | null;
  tool_calls?: WireToolCall[] | null;
}

export interface WireToolCall {
  index?: number | null;
  id?: string | null;
  function?: { name?: string | null; arguments?: string | null } | null;
}

export interface WireUsage {
  prompt_tokens?: number | null;
  completion_tokens?: number | null;
  prompt_tokens_details?: { cached_tokens?: number | null } | null;
  completion_tokens_details?: { reasoning_tokens?: number | null } | null;
}

const FINISH: ReadonlyMap<unknown, UnifiedFinishReason> = new Map<unknown, UnifiedFinishReason>([
  ["stop", "stop"],
  ["length", "length"],
  ["tool_calls", "tool-calls"],
  ["content_filter", "content-filter"],
]);

/** What a whole answer means. @throws LLMError for what is none */
export function readAnswer(text: string): AdapterResult {
  return reading(text, () => {
    const answer = JSON.parse(text) as WireAnswer;
    if (answer.error) throw errorFromObject(answer.error);
    const choice = answer.choices?.[0];
    if (!choice?.message) throw malformed(text);
    const { content, reasoning_content, refusal, tool_calls } = choice.message;
    const parts: AssistantPart[] = [];
    if (reasoning_content) parts.push({ type: "reasoning", text: reasoning_content });
    if (content) parts.push({ type: "text", text: content });
    if (refusal) parts.push({ type: "refusal", text: refusal });
    for (const { id, function: fn } of tool_calls ?? []) {
      if (!id || !fn?.name) throw malformed(text);
      parts.push({ type: "tool-call", id, name: fn.name, ...parseToolInput(fn.arguments) });
    }
    return {
      content: parts,
      finishReason: toFinishReason(choice.finish_reason, !!refusal),
      usage: toUsage(answer.usage),
      response: { id: answer.id ?? undefined, model: answer.model ?? undefined },
    };
  });
}

/** A refusal ends like any message. */
export function toFinishReason(raw: string | null | undefined, refused: boolean): FinishReason {
  const unified = refused ? "content-filter" : (FINISH.get(raw) ?? "other");
  return { unified, raw: raw ?? undefined };
}

/** The provider's totals include their parts already. */
export function toUsage(usage: WireUsage | null | undefined): Usage {
  return {
    inputTokens: {
      total: usage?.prompt_tokens ?? undefined,
      cacheRead: usage?.prompt_tokens_details?.cached_tokens ?? undefined,
      cacheWrite: undefined,
    },
    outputTokens: {
      total: usage?.completion_tokens ?? undefined,
      reasoning: usage?.completion_tokens_details?.reasoning_tokens ?? undefined,
    },
    ...(usage && { raw: usage }),
  };
}

/** The vectors of one answer, in the order of the texts. @throws LLMError where there is not one for each text */
export function readEmbeddings(text: string, count: number): { vectors: Float32Array[]; tokens: number | undefined } {
  return reading(text, () => {
    const { data, usage } = JSON.parse(text) as { data?: { embedding: number[] }[]; usage?: WireUsage };
    if (data?.length !== count) throw malformed(text);
    const vectors = data.map(({ embedding }) => Float32Array.from(embedding));
    return { vectors, tokens: usage?.prompt_tokens ?? undefined };
  });
}

export function readModels(text: string): ModelInfo[] {
  return reading(text, () => {
    const { data } = JSON.parse(text) as { data: { id: string }[] };
    return data.map((raw) => ({ id: raw.id, raw }));
  });
}
