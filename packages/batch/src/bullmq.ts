import { isLLMError, type LLMBackend, LLMError } from "@llmux/core";
import { fromExactJSON, toExactJSON } from "@llmux/core/exact-json";
import { type ConnectionOptions, type Job, Queue, UnrecoverableError, Worker } from "bullmq";
import {
  askFor,
  type BatchInput,
  type BatchOutcome,
  type BatchRequest,
  Identifier,
  type ResultOf,
  sha256,
} from "./batch-item.js";
import { checkHash } from "./batch-journal.js";
import { sleep } from "./sleep.js";

/** Where a batch's jobs are. */
export interface BatchQueueOptions {
  /** A Redis client or its options, as BullMQ takes them. */
  connection: ConnectionOptions;
  /** Name of the queue: one for each batch. */
  queue: string;
  /** Before BullMQ's keys in Redis. Default BullMQ's own. */
  prefix?: string | undefined;
}

export interface EnqueueOptions extends BatchQueueOptions {
  /** How often a request is tried before its failure is its outcome; refusals for rate do not count. Default 8. */
  attempts?: number | undefined;
}

export interface BatchWorkerOptions extends BatchQueueOptions {
  /** Requests under way at once in this worker. Default 8. */
  concurrency?: number | undefined;
  /** Milliseconds after which the jobs of a worker that died are given to another. Default 30,000. */
  stalledAfter?: number | undefined;
}

export interface CollectOptions extends BatchQueueOptions {
  /** Milliseconds between two looks. Default 1000. */
  poll?: number | undefined;
  signal?: AbortSignal | undefined;
}

interface JobData {
  id: string;
  hash: string;
  /** As exact JSON. */
  request: string;
}

type BatchJob = Job<JobData, string>;

const PAGE = 500;

/** Milliseconds that all workers wait where the provider does not say how long. */
const PAUSE = 5000;

const optionsOf = ({ connection, prefix }: BatchQueueOptions): { connection: ConnectionOptions; prefix?: string } => ({
  connection,
  ...(prefix !== undefined && { prefix }),
});

const jobIdOf = async (id: string): Promise<string> => `b-${(await sha256(id)).slice(0, 40)}`;

/**
 * Puts the requests of a list into a queue. One that is there already is not put in again, so that it may be called again after a crash.
 *
 * @returns how many the list holds
 * @throws LLMError `invalid-request` where the queue holds another request under the same id
 */
export async function enqueueBatch(
  requests: Iterable<BatchInput> | AsyncIterable<BatchInput>,
  options: EnqueueOptions,
): Promise<number> {
  const queue = new Queue<JobData, string>(options.queue, optionsOf(options));
  const identifier = new Identifier();
  const { attempts = 8 } = options;
  let count = 0;
  try {
    for await (const input of requests) {
      const { id, hash, request } = await identifier.identify(input);
      const { signal: _, ...asked } = request;
      const data = { id, hash, request: toExactJSON(asked) };
      const jobId = await jobIdOf(id);
      const backoff = { type: "exponential", delay: 1000 };
      await queue.add("request", data, { jobId, attempts, backoff, removeOnComplete: false, removeOnFail: false });
      const there = (await queue.getJob(jobId)) as BatchJob | undefined;
      if (there) checkHash(there.data, hash);
      count += 1;
    }
  } finally {
    await queue.close();
  }
  return count;
}

/**
 * Works on a queue until it is closed. A refusal for rate stops all workers of the queue for as long as the provider says. The jobs of a worker that is killed
 * are done by another, so that at most those that were under way are paid twice.
 *
 * @returns BullMQ's worker: `close()` it when done
 */
export function batchWorker(backend: LLMBackend, options: BatchWorkerOptions): Worker<JobData, string> {
  const { concurrency = 8, stalledAfter = 30_000 } = options;
  const worker: Worker<JobData, string> = new Worker<JobData, string>(options.queue, (job) => work(job), {
    ...optionsOf(options),
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

/**
 * The outcomes of a batch, as workers finish them, in no order.
 *
 * @param requests the same list that was enqueued
 * @throws LLMError `invalid-request` for a request that is not in the queue, `aborted`
 */
export async function* collectBatch<R extends BatchRequest>(
  requests: Iterable<BatchInput<R>> | AsyncIterable<BatchInput<R>>,
  options: CollectOptions,
): AsyncGenerator<BatchOutcome<ResultOf<R>>, void, undefined> {
  const { poll = 1000, signal } = options;
  const queue = new Queue<JobData, string>(options.queue, optionsOf(options));
  try {
    const identifier = new Identifier();
    // The ids alone: the requests are in Redis.
    const missing = new Map<string, string>();
    for await (const input of requests) {
      const { id } = await identifier.identify(input);
      missing.set(await jobIdOf(id), id);
    }
    for (;;) {
      const ids = [...missing.keys()];
      for (let at = 0; at < ids.length; at += PAGE) {
        const jobs = await Promise.all(
          ids.slice(at, at + PAGE).map((id) => queue.getJob(id) as Promise<BatchJob | undefined>),
        );
        for (const [index, job] of jobs.entries()) {
          const jobId = ids[at + index]!;
          const outcome = outcomeOf<R>(missing.get(jobId)!, job);
          if (!outcome) continue;
          missing.delete(jobId);
          yield outcome;
        }
      }
      if (missing.size === 0) return;
      await sleep(poll, signal);
    }
  } finally {
    await queue.close();
  }
}

function outcomeOf<R extends BatchRequest>(
  id: string,
  job: BatchJob | undefined,
): BatchOutcome<ResultOf<R>> | undefined {
  if (!job)
    throw new LLMError({ kind: "invalid-request", message: `The request ${JSON.stringify(id)} is not in the queue` });
  if (job.finishedOn === undefined) return undefined;
  if (typeof job.returnvalue === "string") {
    return { ...(fromExactJSON(job.returnvalue) as BatchOutcome<ResultOf<R>>), resumed: false };
  }
  const error = new LLMError({ kind: "server", message: `The job failed: ${job.failedReason}`, retryable: true });
  return { id, error, resumed: false };
}
