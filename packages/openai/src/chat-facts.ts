import type { FinishReason, UnifiedFinishReason, Usage } from "@llmux/core";
import type { AdapterResult } from "@llmux/core/adapter";

/** The body of a chat completion or of one chunk of its stream. Any field may be missing: many servers imitate this API. */
export interface WireCompletion {
  id?: string | null;
  model?: string | null;
  created?: number | null;
  choices?: WireChoice[] | null;
  usage?: WireUsage | null;
  error?: object | string | null;
  x_groq?: { usage?: WireUsage | null } | null;
  [field: string]: unknown;
}

export interface WireChoice {
  index?: number;
  message?: WireMessage | null;
  delta?: WireMessage | null;
  finish_reason?: string | null;
  [field: string]: unknown;
}

export interface WireMessage {
  content?: string | WirePart[] | null;
  refusal?: string | null;
  /** Of the servers that imitate; OpenAI's own Chat Completions don't show reasoning. */
  reasoning_content?: string | null;
  reasoning?: string | null;
  /** OpenRouter's form of it, and that of those who follow it: to be sent back unchanged. */
  reasoning_details?: WireReasoning[] | null;
  tool_calls?: WireToolCall[] | null;
  /** From before there were `tool_calls`. */
  function_call?: WireFunction | null;
  annotations?: WireAnnotation[] | null;
  /** What models that draw give through OpenRouter (https://openrouter.ai/docs/features/multimodal/image-generation). */
  images?: WireImage[] | null;
  audio?: WireAudio | null;
  [field: string]: unknown;
}

/** One piece of reasoning (https://openrouter.ai/docs/use-cases/reasoning-tokens): its text, a summary, or what is encrypted. */
export interface WireReasoning {
  type?: string;
  text?: string | null;
  summary?: string | null;
  index?: number | null;
  [field: string]: unknown;
}

/** Mistral's content comes in parts. */
export interface WirePart {
  type?: string;
  text?: string;
  thinking?: string | { text?: string }[];
}

export interface WireToolCall {
  index?: number | null;
  id?: string | null;
  type?: string | null;
  function?: WireFunction | null;
  custom?: { name?: string | null; input?: string | null } | null;
}

export interface WireFunction {
  name?: string | null;
  /** Text of JSON; an object from some servers. */
  arguments?: unknown;
}

export interface WireAnnotation {
  type?: string;
  url_citation?: { url?: string; title?: string; start_index?: number; end_index?: number };
}

export interface WireImage {
  image_url?: { url?: string };
}

export interface WireAudio {
  id?: string;
  data?: string;
  transcript?: string;
  expires_at?: number;
}

export interface WireUsage {
  prompt_tokens?: number | null;
  completion_tokens?: number | null;
  total_tokens?: number | null;
  prompt_tokens_details?: { cached_tokens?: number | null; cache_write_tokens?: number | null } | null;
  completion_tokens_details?: { reasoning_tokens?: number | null } | null;
  /** Other names for cached tokens: DeepSeek's, Together's and Moonshot's, and those of hosts that serve Anthropic's models. */
  prompt_cache_hit_tokens?: number | null;
  cached_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  cache_creation_input_tokens?: number | null;
}

const FINISH: Readonly<Record<string, UnifiedFinishReason>> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool-calls",
  function_call: "tool-calls",
  content_filter: "content-filter",
  // Of servers that imitate.
  eos: "stop",
  end_turn: "stop",
  max_tokens: "length",
  model_length: "length",
};

/** Calls that the application is to run are what ended the turn, whatever else the server names ("stop", when a tool was forced). */
export function toFinishReason(raw: string | null | undefined, called?: boolean, refused?: boolean): FinishReason {
  let unified = FINISH[raw ?? ""] ?? "other";
  if (called && (unified === "stop" || unified === "other")) unified = "tool-calls";
  else if (refused && unified === "stop") unified = "content-filter";
  return { unified, raw: raw ?? undefined };
}

/** Whether what came in place of a completion is an error without the `error` around it, as vLLM, MiniMax and some gateways send it. */
export function isFlatError({ message, base_resp: minimax }: WireCompletion): boolean {
  return typeof message === "string" || !!(minimax as { status_code?: number } | null | undefined)?.status_code;
}

/**
 * Counts. `completion_tokens` holds reasoning, and `prompt_tokens` what the cache held, but for the hosts whose own numbers say
 * that they don't: a part is greater than its whole, or the total is right only with the part added.
 */
export function toUsage(raw: WireUsage | null | undefined): Usage {
  const { total_tokens: all, prompt_tokens_details: read, completion_tokens_details: written } = raw ?? {};
  let input = raw?.prompt_tokens ?? undefined;
  let output = raw?.completion_tokens ?? undefined;
  const reasoning = written?.reasoning_tokens ?? undefined;
  if (
    reasoning &&
    output !== undefined &&
    (reasoning > output || (input !== undefined && all === input + output + reasoning))
  )
    output += reasoning;
  const cacheRead =
    read?.cached_tokens ??
    raw?.prompt_cache_hit_tokens ??
    raw?.cached_tokens ??
    raw?.cache_read_input_tokens ??
    undefined;
  if (cacheRead && input !== undefined && cacheRead > input) input += cacheRead;
  const cacheWrite = read?.cache_write_tokens ?? raw?.cache_creation_input_tokens ?? undefined;
  return {
    inputTokens: { total: input, cacheRead, cacheWrite },
    outputTokens: { total: output, reasoning },
    ...(raw && { raw }),
  };
}

/** What the body says of the response. `created` is in seconds. */
export function responseFacts({ id, model, created }: WireCompletion): AdapterResult["response"] {
  return {
    id: id || undefined,
    model: model || undefined,
    createdAt: typeof created === "number" && created > 0 ? new Date(created * 1000) : undefined,
  };
}

/**
 * Adds these fields to the metadata. What comes in pieces (log probabilities, filter results) is put together, but for what comes
 * whole each time.
 */
export function keep(
  metadata: Record<string, unknown>,
  from: Record<string, unknown>,
  fields: readonly string[],
  latest?: readonly string[],
): void {
  for (const field of fields) {
    const value = from[field];
    if (value !== undefined && value !== null && value !== metadata[field])
      metadata[field] = latest?.includes(field) ? value : merge(metadata[field], value);
  }
}

function merge(old: unknown, value: unknown): unknown {
  if (old === undefined || old === null) return value;
  if (Array.isArray(old) && Array.isArray(value)) return [...old, ...value];
  if (typeof old !== "object" || typeof value !== "object" || value === null) return value ?? old;
  const result = { ...old } as Record<string, unknown>;
  for (const [key, item] of Object.entries(value)) result[key] = merge(result[key], item);
  return result;
}
