import type { Attempt } from "./attempt.js";
import type { AssistantPart, ToolCallPart } from "./content.js";
import type { Cost } from "./cost.js";
import type { FinishReason } from "./finish-reason.js";
import type { AssistantMessage } from "./message.js";
import type { ProviderMetadata } from "./provider-options.js";
import type { Usage } from "./usage.js";
import type { Warning } from "./warning.js";

/** Facts about the HTTP exchange. */
export interface ResponseInfo {
  /** The provider's id of the response. */
  id?: string | undefined;
  /** The model that answered, as the provider names it. */
  model?: string | undefined;
  createdAt?: Date | undefined;
  /** The provider's id of the request, to quote to its support. */
  requestId?: string | undefined;
  /** Response headers, names in lower case. `rateLimitsFrom` reads the rate limits among them. */
  headers?: Readonly<Record<string, string>> | undefined;
}

export interface GenerateResult<Output = unknown> {
  /** All that the model produced, in order. */
  content: readonly AssistantPart[];
  /** The text parts, joined. */
  text: string;
  /** The reasoning parts, joined; `undefined` where there are none. */
  reasoning: string | undefined;
  /** What the model said in refusing, where the provider sets that apart. */
  refusal: string | undefined;
  /** Calls that the application is to run. */
  toolCalls: readonly ToolCallPart[];
  /** The parsed, validated reply where the request named an `output`. */
  output: Output;
  /** `content` as a message, ready to be appended to the conversation. */
  message: AssistantMessage;
  finishReason: FinishReason;
  usage: Usage;
  warnings: readonly Warning[];
  /** Id of the adapter that answered. */
  provider: string;
  /** The model asked for, without its prefix. */
  model: string;
  response: ResponseInfo;
  providerMetadata?: ProviderMetadata | undefined;
  /** What the call cost, where a policy reckons it; `undefined` where that is not known. */
  cost?: Cost | undefined;
  /** All tries that policies made for this call, in the order in which they began; the last one without an `error` answered. */
  attempts?: readonly Attempt[] | undefined;
  /** Set where a cache answered, so that nothing was paid: when the answer was first given. */
  cachedAt?: Date | undefined;
}

export interface EmbedResult {
  /** One vector for each value, in the order of the values; all of one length. */
  embeddings: readonly Float32Array[];
  usage: { inputTokens: { total: number | undefined }; raw?: unknown };
  warnings: readonly Warning[];
  provider: string;
  model: string;
  /** Of the last request, where the values took several. */
  response: ResponseInfo;
  /** What the call cost, where a policy reckons it; `undefined` where that is not known. */
  cost?: Cost | undefined;
  /** All tries that policies made for this call, in the order in which they began; the last one without an `error` answered. */
  attempts?: readonly Attempt[] | undefined;
  /** Set where a cache answered, so that nothing was paid: when the answer was first given. */
  cachedAt?: Date | undefined;
}

export interface ModelInfo {
  /** From a router: with the prefix, ready for `LLM_MODEL`. From one adapter's backend: the provider's own id. */
  id: string;
  name?: string | undefined;
  createdAt?: Date | undefined;
  ownedBy?: string | undefined;
  /** Most input tokens. */
  contextWindow?: number | undefined;
  /** Most output tokens. */
  maxOutputTokens?: number | undefined;
  /** The provider's own object. */
  raw?: unknown;
}

export interface CountTokensResult {
  inputTokens: number;
}
