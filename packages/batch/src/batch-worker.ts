import { invalidOption, isLLMError, type LLMBackend, type LLMErrorKind } from "@llmux/core";
import { fromExactJSON, toExactJSON } from "@llmux/core/exact-json";
import { UnrecoverableError, Worker } from "bullmq";
import { askFor, type BatchRequest } from "./batch-item.js";
import { type BatchJob, type BatchQueueOptions, type JobData, queueSettings } from "./batch-queue.js";
import { stopOnOf } from "./stop-on.js";

export interface BatchWorkerOptions extends BatchQueueOptions {
  /** Requests under way at once in this worker. Default 8. */
  concurrency?: number | undefined;
  /** Milliseconds after which the jobs of a worker that died are given to another. Default 30,000. */
  stalledAfter?: number | undefined;
  /**
   * Failures that close this worker, since its further requests would fail too: the job goes back into the queue, and the worker emits the failure as
   * `error`. Default authentication, quota-exceeded, budget-exceeded.
   */
  stopOn?: readonly LLMErrorKind[] | undefined;
}

/** Milliseconds that all workers wait where the provider does not say how long. */
const PAUSE = 5000;

/**
 * Works on a queue until it is closed. A refusal for rate stops all workers of the queue for as long as the provider says. The jobs of a worker that is killed
 * are done by another, so that at most those that were under way are paid twice.
 *
 * @returns BullMQ's worker: `close()` it when done, and listen to its `error`
 * @throws LLMError `invalid-request` for options that make no sense
 */
export function batchWorker(backend: LLMBackend, options: BatchWorkerOptions): Worker<JobData, string> {
  const { concurrency = 8, stalledAfter = 30_000 } = options;
  const stopOn = stopOnOf(options.stopOn);
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw invalidOption("concurrency", "must be a whole number, 1 or more", concurrency);
  if (!(stalledAfter > 0 && stalledAfter < 2 ** 31))
    throw invalidOption("stalledAfter", "must be from 0 to 2^31 milliseconds", stalledAfter);
  const worker: Worker<JobData, string> = new Worker<JobData, string>(options.queue, (job) => work(job), {
    ...queueSettings(options),
    concurrency,
    // BullMQ keeps to `rateLimit()` only where there is some limit; this one is never reached.
    limiter: { max: 1_000_000_000, duration: 1000 },
    lockDuration: stalledAfter,
    stalledInterval: stalledAfter,
    // A machine may well lose several workers while it holds a job.
    maxStalledCount: 10,
  });
  // Without a listener a lost connection would end the process; BullMQ connects again by itself.
  worker.on("error", () => {});
  const work = async (job: BatchJob): Promise<string> => {
    const { id } = job.data;
    try {
      const request = fromExactJSON(job.data.request) as BatchRequest;
      return toExactJSON({ id, result: await askFor(backend, request, undefined) });
    } catch (error) {
      if (!isLLMError(error)) throw new UnrecoverableError(error instanceof Error ? error.message : String(error));
      if (stopOn.includes(error.kind)) {
        // Not awaited: it waits for this very job.
        void worker.close();
        worker.emit("error", error);
        throw Worker.RateLimitError();
      }
      if (error.kind === "rate-limit" || error.kind === "overloaded") {
        await worker.rateLimit(Math.max(1, Math.ceil(error.retryAfter ?? PAUSE)));
        throw Worker.RateLimitError();
      }
      // A failure for good is the outcome, with all its facts; BullMQ would keep its message alone.
      if (error.retryable && job.attemptsMade + 1 < (job.opts.attempts ?? 1)) throw error;
      return toExactJSON({ id, error });
    }
  };
  return worker;
}
