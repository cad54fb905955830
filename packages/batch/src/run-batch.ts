import type { LLMBackend, LLMErrorKind } from "@llmux/core";
import { invalidOption } from "@llmux/core";
import type { BatchInput, BatchOutcome, BatchRequest, ResultOf } from "./batch-item.js";
import type { BatchJournal } from "./batch-journal.js";
import { type BatchReport, checkProgress, totalOf } from "./batch-report.js";
import { BatchRun } from "./batch-run.js";
import { stopOnOf } from "./stop-on.js";

export interface RunBatchOptions {
  /** Where finished requests are written down, so that another run with the same one does only what is missing. */
  journal?: BatchJournal | undefined;
  /** How many requests may be under way: at first (default 4) and at most (default 256). */
  concurrency?: { initial?: number | undefined; max?: number | undefined } | undefined;
  /** How often a request is sent again after a failure that may pass. Default 8. */
  retries?: number | undefined;
  /** Failures that end the batch, since what follows would fail too. Default authentication, quota-exceeded, budget-exceeded. */
  stopOn?: readonly LLMErrorKind[] | undefined;
  /** How many requests there are, for the progress. Default: the length of an array. */
  total?: number | undefined;
  /** Told after each request, and read at once: the object is the same each time. */
  onProgress?: ((report: Readonly<BatchReport>) => void) | undefined;
  /** Ends the batch, and the calls that are under way, with an `aborted` error. */
  signal?: AbortSignal | undefined;
}

/** The options as they are used. */
export interface BatchSettings extends RunBatchOptions {
  initial: number;
  max: number;
  retries: number;
  stopOn: readonly LLMErrorKind[];
}

/** Outcomes as they come. Iterate it once; leaving the loop ends the batch. */
export interface Batch<T> extends AsyncIterable<BatchOutcome<T>> {
  /** Where it stands. */
  readonly report: Readonly<BatchReport>;
}

/**
 * Runs many requests, as many at once as the provider bears. The list is read as it is needed, and no faster than outcomes are taken.
 *
 * ```ts no-run
 * for await (const { id, result, error } of runBatch(llm, requests, { journal: fileJournal("run.ndjson") })) {
 *   console.log(id, result?.text ?? error?.message);
 * }
 * ```
 *
 * @param backend without `withRetry`: the batch has to see refusals to slow down
 * @throws LLMError from the loop: `aborted`, a kind of `stopOn`, `invalid-request` for a list or journal at fault. What finished before has been handed over
 */
export function runBatch<R extends BatchRequest>(
  backend: LLMBackend,
  requests: Iterable<BatchInput<R>> | AsyncIterable<BatchInput<R>>,
  options: RunBatchOptions = {},
): Batch<ResultOf<R>> {
  const { initial = Math.min(4, options.concurrency?.max ?? 4), max = Math.max(256, initial) } =
    options.concurrency ?? {};
  const { retries = 8 } = options;
  const stopOn = stopOnOf(options.stopOn);
  if (!Number.isInteger(initial) || initial < 1)
    throw invalidOption("concurrency.initial", "must be a whole number, 1 or more", initial);
  if (!Number.isInteger(max) || max < initial)
    throw invalidOption("concurrency.max", "must be a whole number, `initial` or more", max);
  if (!Number.isInteger(retries) || retries < 0)
    throw invalidOption("retries", "must be a whole number, 0 or more", retries);
  checkProgress(options.onProgress);
  const total = totalOf(options.total, requests);
  return new BatchRun(backend, requests, { ...options, initial, max, retries, stopOn, total });
}
