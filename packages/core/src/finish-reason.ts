/** Why the model stopped: in one vocabulary for all providers, and as the provider said it. */
export interface FinishReason {
  unified: UnifiedFinishReason;
  /** `undefined` where the provider gave none. */
  raw: string | undefined;
}

/**
 * `stop`: a natural end or a stop sequence. `length`: a token limit. `tool-calls`: the application is to run tools.
 * `content-filter`: the provider or the model refused. `other`: anything else; see `raw`.
 */
export type UnifiedFinishReason = "stop" | "length" | "tool-calls" | "content-filter" | "other";
