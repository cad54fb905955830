/** What `/v1/chat/completions` and `/v1/fim/completions` answer, whole or as one chunk of a stream. Any of it may be absent or null. */
export interface WireCompletion {
  id?: string | null;
  object?: string | null;
  created?: number | null;
  model?: string | null;
  choices?: readonly WireChoice[] | null;
  usage?: WireUsage | null;
  /** Where it is no completion at all. */
  error?: object | string | null;
  message?: unknown;
  detail?: unknown;
  /** Padding, against guessing texts by the length of the pieces. */
  p?: string;
}

export interface WireChoice {
  index?: number | null;
  message?: WireMessage | null;
  delta?: WireMessage | null;
  finish_reason?: string | null;
}

export interface WireMessage {
  role?: string | null;
  content?: string | readonly WireChunk[] | null;
  tool_calls?: readonly WireToolCall[] | null;
}

/** A piece of content. Mistral names the kinds in `type`; which fields there are depends on it. */
export interface WireChunk {
  type: string;
  text?: string | null;
  thinking?: readonly WireChunk[] | string | null;
  signature?: string | null;
  closed?: boolean | null;
  image_url?: string | { url: string } | null;
  reference_ids?: readonly (number | string)[];
  title?: string | null;
  url?: string | null;
  [field: string]: unknown;
}

export interface WireToolCall {
  id?: string | null;
  type?: string | null;
  index?: number | null;
  function?: { name?: string | null; arguments?: string | object | null } | null;
  [field: string]: unknown;
}

export interface WireUsage {
  prompt_tokens?: number | null;
  completion_tokens?: number | null;
  total_tokens?: number | null;
  prompt_audio_seconds?: number | null;
  prompt_tokens_details?: WireTokenDetails | null;
  /** Another spelling of the same, in some answers. */
  prompt_token_details?: WireTokenDetails | null;
  completion_tokens_details?: { reasoning_tokens?: number | null } | null;
}

interface WireTokenDetails {
  cached_tokens?: number | null;
  audio_tokens?: number | null;
}
