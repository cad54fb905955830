import { invalidOption, type PriceCall } from "@llmux/core";
import { aborted } from "./aborted.js";
import type { BatchDriver } from "./batch-driver.js";
import type { BatchInput, BatchOutcome, BatchRequest, ResultOf } from "./batch-item.js";
import type { BatchJournal } from "./batch-journal.js";
import { type BatchReport, checkProgress, totalOf } from "./batch-report.js";
import { ProviderRun } from "./provider-run.js";

export interface ProviderBatchOptions {
  /** Where batches are written down before and after they are submitted, so that another run waits for the same ones. */
  journal?: BatchJournal | undefined;
  /**
   * What a call costs at the ordinary price, as `priceOf` of `@llmux/prices` says it; results get half of that as their `cost`, and none without it.
   * Half is what both providers charge (https://developers.openai.com/api/docs/guides/batch,
   * https://platform.claude.com/docs/en/build-with-claude/batch-processing#pricing); what they add beside the tokens, such as web searches, may not be reduced.
   */
  price?: PriceCall | undefined;
  /** Milliseconds between two looks at the batches: at first (default 10,000), growing by half to at most (default 300,000). */
  poll?: { initial?: number | undefined; max?: number | undefined } | undefined;
  /** How many requests there are, for the progress. Default: the length of an array. */
  total?: number | undefined;
  /** Told after each request and each look at the batches, and read at once: the object is the same each time. */
  onProgress?: ((report: Readonly<BatchReport>) => void) | undefined;
  /** Ends the waiting with an `aborted` error. What is submitted goes on at the provider, and another run with the journal takes it up. */
  signal?: AbortSignal | undefined;
}

/** The options as they are used. */
export interface ProviderBatchSettings extends ProviderBatchOptions {
  initial: number;
  max: number;
}

/**
 * Runs requests through the provider's own batch API, which takes up to a day and costs half. Requests are gathered into batches within the
 * provider's limits and all submitted before the first is waited for; outcomes come as batches end. What got no answer, since the batch failed as a whole,
 * expired or was cancelled, is an error that is not in the journal: the next run submits it again, and nothing else.
 *
 * @throws LLMError from the loop: `aborted`, a submission that is refused, a batch API that can't be reached for long, `invalid-request` for a list or
 * journal at fault
 */
export async function* runProviderBatch<R extends BatchRequest>(
  driver: BatchDriver,
  requests: Iterable<BatchInput<R>> | AsyncIterable<BatchInput<R>>,
  options: ProviderBatchOptions = {},
): AsyncGenerator<BatchOutcome<ResultOf<R>>, void, undefined> {
  const { initial = 10_000, max = Math.max(300_000, initial) } = options.poll ?? {};
  if (!(initial > 0)) throw invalidOption("poll.initial", "must be more than 0 milliseconds", initial);
  if (!(max >= initial && max < 2 ** 31))
    throw invalidOption("poll.max", "must be from `initial` to 2^31 milliseconds", max);
  const { price } = options;
  if (price !== undefined && typeof price !== "function") throw invalidOption("price", "must be a function", price);
  checkProgress(options.onProgress);
  const total = totalOf(options.total, requests);
  const journal = await options.journal?.open();
  try {
    yield* new ProviderRun<R>(driver, journal, { ...options, initial, max, total }).outcomes(requests);
  } catch (error) {
    throw options.signal?.aborted ? aborted(error) : error;
  } finally {
    await journal?.close();
  }
}
