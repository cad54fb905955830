/**
 * OpenAI's chat format as the router, its providers and TGI write it. Anything may be absent or null, and each of them leaves out
 * something.
 */
export interface WireCompletion {
  id?: string | null;
  model?: string | null;
  /** Seconds since 1970. */
  created?: number | null;
  system_fingerprint?: string | null;
  choices?: readonly (WireChoice | null)[] | null;
  usage?: WireUsage | null;
  /** Groq's place for it, in models of a while ago. */
  x_groq?: { usage?: WireUsage | null } | null;
  /** In place of all the rest. */
  error?: unknown;
}

export interface WireChoice {
  /** Of a whole answer. */
  message?: WireMessage | null;
  /** Of a stream. */
  delta?: WireMessage | null;
  finish_reason?: string | null;
  logprobs?: { content?: readonly unknown[] | null } | null;
}

export interface WireMessage {
  content?: unknown;
  reasoning?: unknown;
  reasoning_content?: unknown;
  refusal?: unknown;
  /** Older versions of TGI stream one call without an array around it. */
  tool_calls?: readonly (WireToolCall | null)[] | WireToolCall | null;
}

export interface WireToolCall {
  index?: number | null;
  id?: string | number | null;
  function?: {
    name?: string | null;
    /** JSON text; older versions of TGI give the object. */
    arguments?: unknown;
  } | null;
}

export interface WireUsage {
  prompt_tokens?: number | null;
  completion_tokens?: number | null;
  prompt_tokens_details?: { cached_tokens?: number | null } | null;
  completion_tokens_details?: { reasoning_tokens?: number | null } | null;
}

/** A message's tool calls, none and one without an array among them. */
export function toolCallsIn({ tool_calls: calls }: WireMessage): WireToolCall[] {
  if (!calls) return [];
  const list = (Array.isArray(calls) ? calls : [calls]) as (WireToolCall | null)[];
  return list.filter((call) => call !== null);
}
