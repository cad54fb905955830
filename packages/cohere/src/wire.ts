/**
 * The JSON of Cohere's API, version 2, as far as it is read here. Anything may be absent or null: the SDK's types promise more
 * than proxies and older deployments keep.
 */
export interface WireChat {
  id?: string | null;
  message?: WireMessage | string | null;
  finish_reason?: string | null;
  usage?: WireUsage | null;
  logprobs?: readonly unknown[] | null;
}

export interface WireMessage {
  content?: readonly WireContent[] | string | null;
  tool_plan?: string | null;
  tool_calls?: readonly WireToolCall[] | null;
  citations?: readonly WireCitation[] | null;
}

export interface WireContent {
  type?: string | null;
  text?: string | null;
  thinking?: string | null;
}

export interface WireToolCall {
  id?: string | null;
  function?: { name?: string | null; arguments?: string | null } | null;
}

export interface WireCitation {
  start?: number | null;
  end?: number | null;
  text?: string | null;
  sources?: readonly WireSource[] | null;
  /** Which of the message's content blocks it stands in. */
  content_index?: number | null;
  /** `TEXT_CONTENT`, `THINKING_CONTENT` or `PLAN`. */
  type?: string | null;
}

interface WireSource {
  document?: Readonly<Record<string, unknown>> | null;
  tool_output?: Readonly<Record<string, unknown>> | null;
}

export interface WireUsage {
  billed_units?: WireTokens | null;
  tokens?: WireTokens | null;
  cached_tokens?: number | null;
}

export interface WireTokens {
  input_tokens?: number | null;
  output_tokens?: number | null;
  /** Not in `input_tokens`. */
  image_tokens?: number | null;
  reasoning_tokens?: number | null;
  search_units?: number | null;
}

/** One event of a streamed reply. */
export interface WireEvent {
  type?: string;
  id?: string | null;
  index?: number | null;
  delta?: {
    message?: {
      content?: WireContent | null;
      tool_plan?: string | null;
      tool_calls?: WireToolCall | null;
      citations?: WireCitation | null;
    } | null;
    finish_reason?: string | null;
    usage?: WireUsage | null;
    error?: string | null;
  } | null;
  logprobs?: unknown;
  /** Of an error in place of an event. */
  message?: unknown;
}

/** What embeddings, rerankings and the like say of themselves. */
export interface WireMeta {
  billed_units?: WireTokens | null;
  tokens?: WireTokens | null;
}
