import type { Attempt } from "./attempt.js";
import type { AudioPart, Citation, FilePart, ImagePart, ProviderPart, ToolCallPart } from "./content.js";
import type { Cost } from "./cost.js";
import type { FinishReason } from "./finish-reason.js";
import type { ProviderMetadata } from "./provider-options.js";
import type { ResponseInfo } from "./result.js";
import type { Usage } from "./usage.js";
import type { Warning } from "./warning.js";

/**
 * What a stream hands over, in this order: one `start`; blocks, each with start, deltas and end under one `id`, and whole
 * parts (`tool-call`, `provider`, media); one `finish`. Blocks may overlap, ids tell them apart. A failure is thrown by the
 * iterator, never an event.
 */
export type StreamEvent =
  | StartEvent
  | { type: "text-start"; id: string }
  | { type: "text-delta"; id: string; delta: string }
  | TextEndEvent
  | { type: "reasoning-start"; id: string }
  | { type: "reasoning-delta"; id: string; delta: string }
  | ReasoningEndEvent
  | { type: "refusal-start"; id: string }
  | { type: "refusal-delta"; id: string; delta: string }
  | { type: "refusal-end"; id: string }
  /** `id` is that of the tool call. */
  | { type: "tool-input-start"; id: string; name: string }
  | { type: "tool-input-delta"; id: string; delta: string }
  | { type: "tool-input-end"; id: string }
  /** A complete call; follows its `tool-input-end` where the arguments were streamed. */
  | ToolCallPart
  | ProviderPart
  | ImagePart
  | FilePart
  | AudioPart
  | FinishEvent;

export interface StartEvent {
  type: "start";
  provider: string;
  model: string;
  warnings: readonly Warning[];
  response: ResponseInfo;
  /** Set where a cache answers, so that nothing is paid though the stream be left: when the answer was first given. `finish` says it again. */
  cachedAt?: Date | undefined;
}

export interface TextEndEvent {
  type: "text-end";
  id: string;
  citations?: readonly Citation[] | undefined;
  providerMetadata?: ProviderMetadata | undefined;
}

export interface ReasoningEndEvent {
  type: "reasoning-end";
  id: string;
  signature?: string | undefined;
  redacted?: string | undefined;
  /** The provider's own id of the reasoning item; becomes the part's `id`. */
  itemId?: string | undefined;
  providerMetadata?: ProviderMetadata | undefined;
}

export interface FinishEvent {
  type: "finish";
  finishReason: FinishReason;
  usage: Usage;
  /** What was learnt of the response while it streamed; added to what `start` said. */
  response?: ResponseInfo | undefined;
  /** Further warnings; added to those of `start`. */
  warnings?: readonly Warning[] | undefined;
  /** The parsed, validated reply where the request named an `output`. */
  output?: unknown;
  providerMetadata?: ProviderMetadata | undefined;
  /** What the call cost, where a policy reckons it; `undefined` where that is not known. */
  cost?: Cost | undefined;
  /** All tries that policies made for this call, in the order in which they began; the last one without an `error` answered. */
  attempts?: readonly Attempt[] | undefined;
  /** Set where a cache answered, so that nothing was paid: when the answer was first given. */
  cachedAt?: Date | undefined;
}
