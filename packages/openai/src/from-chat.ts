import type {
  AssistantPart,
  AudioPart,
  Citation,
  FinishReason,
  ToolCallPart,
  UnifiedFinishReason,
  Usage,
} from "@llmux/core";
import type { AdapterResult } from "@llmux/core/adapter";
import { parseToolInput } from "@llmux/core/adapter";
import { errorFromObject, malformed } from "./errors.js";
import { BODY_METADATA, CHOICE_METADATA, type WireHost } from "./host.js";

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
  tool_calls?: WireToolCall[] | null;
  /** From before there were `tool_calls`. */
  function_call?: WireFunction | null;
  annotations?: WireAnnotation[] | null;
  audio?: WireAudio | null;
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

/**
 * What a chat completion means. Of several choices the first is read.
 *
 * @param audioFormat The format that audio was asked for in, which the answer does not name
 * @throws LLMError what an error object in the body says; `malformed-response` for what is no completion
 */
export function fromChat(body: WireCompletion, host: WireHost, audioFormat?: string): AdapterResult {
  if (body?.error) throw errorFromObject(body.error);
  const choices = body?.choices;
  const choice = Array.isArray(choices) && (choices.find(({ index }) => !index) ?? choices[0]);
  if (!choice) throw malformed("The provider's answer is not a chat completion", body);
  const { provider } = host;
  const message = choice.message ?? {};
  const content: AssistantPart[] = [];
  const add = (type: "text" | "reasoning" | "refusal", text: string | null | undefined): void => {
    if (!text) return;
    const last = content[content.length - 1];
    if (last?.type === type) last.text += text;
    else content.push({ type, text });
  };
  add("reasoning", message.reasoning_content ?? message.reasoning);
  readContent(message.content, add);
  const citations = toCitations(message.annotations);
  const text = citations && content.findLast((part) => part.type === "text");
  if (text) text.citations = citations;
  add("refusal", message.refusal);
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    content.push(toToolCall(call, call.id || madeUpId(body.id, index), provider));
  }
  const legacy = message.function_call;
  if (legacy?.name) content.push(toToolCall({ function: legacy }, madeUpId(body.id, 0), provider));
  if (message.audio) content.push(toAudio(message.audio, provider, audioFormat));
  const metadata: Record<string, unknown> = {};
  keep(metadata, body, host.bodyMetadata ?? BODY_METADATA);
  keep(metadata, choice, host.choiceMetadata ?? CHOICE_METADATA);
  if (host.messageMetadata) keep(metadata, message, host.messageMetadata);
  const called = content.some((part) => part.type === "tool-call");
  return {
    content,
    finishReason: toFinishReason(choice.finish_reason, called, !!message.refusal),
    usage: toUsage(body.usage),
    response: responseFacts(body),
    ...(Object.keys(metadata).length > 0 && { providerMetadata: { [provider]: metadata } }),
  };
}

/** Hands on the text and the reasoning of a content that may come in parts. */
export function readContent(
  content: WireMessage["content"],
  add: (type: "text" | "reasoning", text: string | undefined) => void,
): void {
  if (typeof content === "string") add("text", content);
  else if (content) {
    for (const { type, text, thinking } of content) {
      if (type === "thinking") {
        add("reasoning", typeof thinking === "string" ? thinking : thinking?.map((piece) => piece.text ?? "").join(""));
      } else add("text", text);
    }
  }
}

function toToolCall(call: WireToolCall, id: string, provider: string): ToolCallPart {
  const { name, text } = toolCallText(call);
  const part: ToolCallPart = { type: "tool-call", id, name: name ?? "", ...parseToolInput(text) };
  if (!name) throw malformed("The provider's answer holds a tool call without a name", call);
  const metadata = toolCallMetadata(call);
  if (metadata) part.providerMetadata = { [provider]: metadata };
  return part;
}

/** The name and the arguments, as text, of a call or of a piece of one. */
export function toolCallText(call: WireToolCall): { name: string | undefined; text: string } {
  const { function: fn } = call;
  const custom = isCustom(call) ? call.custom : undefined;
  const input = custom ? custom.input : fn?.arguments;
  const text = typeof input === "string" ? input : input === undefined || input === null ? "" : JSON.stringify(input);
  return { name: (custom ?? fn)?.name ?? undefined, text };
}

/** Some servers (Snowflake) fill in both forms, one of them with nothing. */
function isCustom({ function: fn, custom }: WireToolCall): boolean {
  return !!custom && !fn?.name;
}

/** What a call must be sent back with: that it is a custom tool's, and what a server adds of its own (Gemini's signatures). */
export function toolCallMetadata(call: WireToolCall): Record<string, unknown> | undefined {
  const { index: _index, id: _id, type, function: _function, custom: _custom, ...rest } = call;
  if (isCustom(call)) return { type: type ?? "custom", ...rest };
  return Object.keys(rest).length > 0 ? rest : undefined;
}

/** An id for a call that the server gave none: the same in a stream and in a whole answer. */
export function madeUpId(completionId: string | null | undefined, index: number): string {
  return `${completionId || "call"}_${index}`;
}

/** URL citations; `start` and `end` are as the provider counts. */
export function toCitations(annotations: readonly WireAnnotation[] | null | undefined): Citation[] | undefined {
  if (!annotations || annotations.length === 0) return undefined;
  return annotations.map((raw) => {
    const { url, title, start_index: start, end_index: end } = raw.url_citation ?? {};
    return { url, title, start, end, raw };
  });
}

/** Media types by the names of `audio.format`. */
const AUDIO_TYPES: Readonly<Record<string, string>> = { mp3: "audio/mpeg", pcm16: "audio/pcm" };

export function toAudio(audio: WireAudio, provider: string, format = "wav"): AudioPart {
  const { data = "", transcript, ...rest } = audio;
  const mediaType = AUDIO_TYPES[format] ?? `audio/${format}`;
  return { type: "audio", data, mediaType, transcript, providerMetadata: { [provider]: rest } };
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
export function toFinishReason(raw: string | null | undefined, called: boolean, refused: boolean): FinishReason {
  let unified = FINISH[raw ?? ""] ?? "other";
  if (called && (unified === "stop" || unified === "other")) unified = "tool-calls";
  else if (refused && unified === "stop") unified = "content-filter";
  return { unified, raw: raw ?? undefined };
}

/** Counts; `completion_tokens` holds reasoning, but for the hosts whose own total says that it does not. */
export function toUsage(raw: WireUsage | null | undefined): Usage {
  const input = raw?.prompt_tokens ?? undefined;
  const reasoning = raw?.completion_tokens_details?.reasoning_tokens ?? undefined;
  let output = raw?.completion_tokens ?? undefined;
  if (reasoning && output !== undefined && input !== undefined && raw?.total_tokens === input + output + reasoning) {
    output += reasoning;
  }
  const details = raw?.prompt_tokens_details;
  const usage: Usage = {
    inputTokens: {
      total: input,
      cacheRead:
        details?.cached_tokens ??
        raw?.prompt_cache_hit_tokens ??
        raw?.cached_tokens ??
        raw?.cache_read_input_tokens ??
        undefined,
      cacheWrite: details?.cache_write_tokens ?? raw?.cache_creation_input_tokens ?? undefined,
    },
    outputTokens: { total: output, reasoning },
  };
  if (raw) usage.raw = raw;
  return usage;
}

/** What the body says of the response. `created` is in seconds. */
export function responseFacts({ id, model, created }: WireCompletion): AdapterResult["response"] {
  return {
    id: id || undefined,
    model: model || undefined,
    createdAt: created ? new Date(created * 1000) : undefined,
  };
}

/** Adds these fields to the metadata. What comes in pieces (log probabilities, filter results) is put together. */
export function keep(
  metadata: Record<string, unknown>,
  from: Record<string, unknown>,
  fields: readonly string[],
): void {
  for (const field of fields) {
    const value = from[field];
    if (value !== undefined && value !== null && value !== metadata[field])
      metadata[field] = merge(metadata[field], value);
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
