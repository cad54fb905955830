import type { Cost, LLMErrorKind, OptionalCall, UnifiedFinishReason } from "@llmux/core";

/** Which call of the contract it was. */
export type CallKind = "generate" | "stream" | OptionalCall;

/**
 * How a call ended: `ok`; the kind of the error that it failed with; `left` for a stream that its reader left before the end; `unknown` for what was
 * thrown and is no LLMError.
 */
export type CallOutcome = "ok" | "left" | "unknown" | LLMErrorKind;

/** One call. What is not known is `undefined`, never 0. Nothing of what was asked or answered is in it, nor any message of an error. */
export interface CallRow {
  /** Unique; a UUIDv7, made before the call. The same row recorded twice is kept once. */
  id: string;
  /** When the call began; for a stream, when it was first iterated. */
  startedAt: Date;
  kind: CallKind;
  /** `context.key`: the name of the key that the caller came with, never the key. */
  key?: string | undefined;
  /** `context.user`, or the request's own `user`. */
  user?: string | undefined;
  /** `context.tags`, each once. */
  tags: readonly string[];
  /** `context.session`. */
  session?: string | undefined;
  /** Id of the adapter that answered or failed, as far as that is known; else what the backend calls itself. */
  provider?: string | undefined;
  /** The model asked for: without its prefix, as soon as an adapter had to do with the call; else as the caller named it. */
  model?: string | undefined;
  /** The model that answered, as the provider names it. */
  responseModel?: string | undefined;
  /** All input tokens, cached ones included. */
  inputTokens?: number | undefined;
  cacheReadTokens?: number | undefined;
  cacheWriteTokens?: number | undefined;
  /** All output tokens, reasoning included. */
  outputTokens?: number | undefined;
  reasoningTokens?: number | undefined;
  /** Whether the tokens are an estimate: of a stream that was cut, aborted or left before the provider's own count had come. */
  usageEstimated: boolean;
  /** US dollars. 0 where a cache answered; `undefined` where nobody knows. */
  cost?: number | undefined;
  costSource?: Cost["source"] | undefined;
  /** Whether a cache answered. Its tokens are those of the answer when it was first given. */
  cached: boolean;
  /** Milliseconds until the answer or the failure; of a stream until its end, the reader's own time between events included. */
  latency: number;
  /** Of a stream: milliseconds until its first content. */
  timeToFirstToken?: number | undefined;
  /** How many tries policies made, where they told. */
  attempts?: number | undefined;
  outcome: CallOutcome;
  finishReason?: UnifiedFinishReason | undefined;
  /** The provider's id of the request. */
  requestId?: string | undefined;
  /** HTTP status of a failure. */
  status?: number | undefined;
}
