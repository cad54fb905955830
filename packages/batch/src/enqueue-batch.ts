import { invalidOption } from "@llmux/core";
import { toExactJSON } from "@llmux/core/exact-json";
import { type BatchInput, type BatchItem, Identifier } from "./batch-item.js";
import { checkHash } from "./batch-journal.js";
import { type BatchJob, type BatchQueueOptions, jobIdOf, openQueue, outcomeOf, PAGE } from "./batch-queue.js";
import { inPages } from "./in-pages.js";

export interface EnqueueOptions extends BatchQueueOptions {
  /** How often a request is tried before its failure is its outcome; refusals for rate do not count. Default 8. */
  attempts?: number | undefined;
}

/**
 * Puts the requests of a list into a queue. One that is there already is not put in again, so that it may be called again after a crash; one that
 * has failed in a way that may pass is tried anew.
 *
 * @returns how many the list holds
 * @throws LLMError `invalid-request` where the queue holds another request under the same id
 */
export async function enqueueBatch(
  requests: Iterable<BatchInput> | AsyncIterable<BatchInput>,
  options: EnqueueOptions,
): Promise<number> {
  const { attempts = 8 } = options;
  if (!Number.isInteger(attempts) || attempts < 1)
    throw invalidOption("attempts", "must be a whole number, 1 or more", attempts);
  const queue = openQueue(options);
  const backoff = { type: "exponential", delay: 1000 };
  const jobOf = ({ id, hash, request }: BatchItem, jobId: string) => {
    const { signal: _, ...asked } = request;
    const data = { id, hash, request: toExactJSON(asked) };
    return {
      name: "request",
      data,
      opts: { jobId, attempts, backoff, removeOnComplete: false, removeOnFail: false },
    };
  };
  let count = 0;
  try {
    for await (const page of inPages(identified(requests), PAGE)) {
      const jobs = page.map(({ item, jobId }) => jobOf(item, jobId));
      // Of one that is there nothing is changed.
      await queue.addBulk(jobs);
      await Promise.all(
        jobs.map(async ({ name, data, opts }) => {
          const there = (await queue.getJob(opts.jobId)) as BatchJob | undefined;
          if (!there) return;
          checkHash(there.data, data.hash);
          if (!outcomeOf(there)?.error?.retryable) return;
          await there.remove();
          await queue.add(name, data, opts);
        }),
      );
      count += page.length;
    }
  } finally {
    await queue.close();
  }
  return count;
}

async function* identified(
  requests: Iterable<BatchInput> | AsyncIterable<BatchInput>,
): AsyncGenerator<{ item: BatchItem; jobId: string }> {
  const identifier = new Identifier();
  for await (const input of requests) {
    const item = await identifier.identify(input);
    yield { item, jobId: await jobIdOf(item.id) };
  }
}
