import { invalidOption, LLMError } from "@llmux/core";
import { type BatchInput, type BatchOutcome, type BatchRequest, Identifier, type ResultOf } from "./batch-item.js";
import { type BatchJob, type BatchQueueOptions, jobIdOf, openQueue, outcomeOf, PAGE } from "./batch-queue.js";
import { sleep } from "./sleep.js";

export interface CollectOptions extends BatchQueueOptions {
  /** Milliseconds between two looks. Default 1000. */
  poll?: number | undefined;
  /** Ends the waiting with an `aborted` error. The jobs stay. */
  signal?: AbortSignal | undefined;
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
  if (!(poll > 0 && poll < 2 ** 31)) throw invalidOption("poll", "must be from 0 to 2^31 milliseconds", poll);
  const queue = openQueue(options);
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
        const page = ids.slice(at, at + PAGE);
        const jobs = await Promise.all(page.map((id) => queue.getJob(id) as Promise<BatchJob | undefined>));
        for (const [index, job] of jobs.entries()) {
          const jobId = page[index]!;
          if (!job) throw notThere(missing.get(jobId)!);
          const outcome = outcomeOf<R>(job);
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

function notThere(id: string): LLMError {
  return new LLMError({
    kind: "invalid-request",
    message: `The request ${JSON.stringify(id)} is not in the queue: enqueue the list first`,
  });
}
