import type { LLMError } from "@llmux/core";
import type { BatchRequest, ResultOf } from "./batch-item.js";
import type { Submission, SubmissionTrace } from "./submission.js";

/** A request as the provider's batch takes it. */
export interface PreparedRequest {
  /** One batch holds requests of one group: the endpoint, and what else goes for the whole batch. */
  group: string;
  body: Record<string, unknown>;
  /** How many requests it counts as towards the provider's limit. Default 1. */
  weight?: number | undefined;
}

/** An HTTP answer to one request of a batch. */
export interface DriverAnswer {
  customId: string;
  status: number;
  body: unknown;
}

/** One provider's batch API. What its client throws is told by {@link BatchDriver.toError}. */
export interface BatchDriver {
  /** Id of the adapter. */
  readonly provider: string;
  /** The provider's limits for one batch. */
  readonly limits: { requests: number; bytes: number };
  /** @throws LLMError for a request that the adapter can't put into one HTTP request */
  prepare(request: BatchRequest): Promise<PreparedRequest>;
  /**
   * Submits once, without retries: what failed may have arrived.
   *
   * @param requests under the custom ids that `customIdOf` gives
   * @returns the provider's id of the batch
   */
  submit(
    submission: Submission,
    requests: readonly PreparedRequest[],
    signal: AbortSignal | undefined,
  ): Promise<string>;
  /**
   * Looks for the batch of a submission whose answer was never seen.
   *
   * @param others batches that are known to be of other submissions
   */
  find(submission: Submission, others: ReadonlySet<string>, signal: AbortSignal | undefined): Promise<SubmissionTrace>;
  /** Once it is over, what is to be said of requests without an answer; `undefined` until then. */
  ended(batch: string, signal: AbortSignal | undefined): Promise<LLMError | undefined>;
  /** The answers, in any order. */
  answers(batch: string, signal: AbortSignal | undefined): AsyncIterable<DriverAnswer>;
  /** What the adapter makes of an answer. @throws LLMError */
  read<R extends BatchRequest>(request: R, answer: DriverAnswer): Promise<ResultOf<R>>;
  /** What the client threw in terms of the taxonomy; as it is where that is not the provider's doing. */
  toError(thrown: unknown): unknown;
}
