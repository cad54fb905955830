import type { BatchRequest, ResultOf } from "./batch-item.js";

/** A request as the provider's batch takes it. */
export interface PreparedRequest {
  customId: string;
  /** One batch holds requests of one group: the endpoint, and what else goes for the whole batch. */
  group: string;
  body: Record<string, unknown>;
}

/** An HTTP answer to one request of a batch. */
export interface DriverAnswer {
  customId: string;
  status: number;
  body: unknown;
}

/** One provider's batch API. */
export interface BatchDriver {
  readonly provider: string;
  /** The provider's limits for one batch. */
  readonly limits: { requests: number; bytes: number };
  /** @throws LLMError for a request that the adapter can't put into one HTTP request */
  prepare(customId: string, request: BatchRequest): Promise<PreparedRequest>;
  /** @returns the provider's id of the batch */
  submit(requests: readonly PreparedRequest[], signal: AbortSignal | undefined): Promise<string>;
  /** Whether it is over. @throws LLMError where it failed as a whole */
  ended(batch: string, signal: AbortSignal | undefined): Promise<boolean>;
  /** The answers, in any order. Those that are missing expired or were cancelled. */
  answers(batch: string, signal: AbortSignal | undefined): AsyncIterable<DriverAnswer>;
  /** What the adapter makes of an answer. @throws LLMError */
  read<R extends BatchRequest>(request: R, answer: DriverAnswer): Promise<ResultOf<R>>;
}
