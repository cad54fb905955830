import { invalidOption, LLMError } from "@llmux/core";
import { fromExactJSON } from "@llmux/core/exact-json";
import { type ConnectionOptions, type Job, Queue } from "bullmq";
import { type BatchOutcome, type BatchRequest, type ResultOf, sha256 } from "./batch-item.js";

/** Where a batch's jobs are. */
export interface BatchQueueOptions {
  /** A Redis client or its options, as BullMQ takes them. */
  connection: ConnectionOptions;
  /** Name of the queue: one for each batch. */
  queue: string;
  /** Before BullMQ's keys in Redis. Default BullMQ's own. */
  prefix?: string | undefined;
}

/** What a job holds. */
export interface JobData {
  id: string;
  hash: string;
  /** As exact JSON. */
  request: string;
}

export type BatchJob = Job<JobData, string>;

/** How many jobs are asked for at once. */
export const PAGE = 500;

/** What BullMQ is told of the queue. @throws LLMError `invalid-request` */
export function queueSettings({ connection, queue, prefix }: BatchQueueOptions): {
  connection: ConnectionOptions;
  prefix?: string;
} {
  if (typeof queue !== "string" || queue === "" || queue.includes(":"))
    throw invalidOption("queue", "must be a name, without colons", queue);
  if (typeof connection !== "object" || connection === null)
    throw invalidOption("connection", "must be a Redis client or its options", connection);
  return { connection, ...(prefix !== undefined && { prefix }) };
}

export function openQueue(options: BatchQueueOptions): Queue<JobData, string> {
  return new Queue<JobData, string>(options.queue, queueSettings(options));
}

export async function jobIdOf(id: string): Promise<string> {
  return `b-${(await sha256(id)).slice(0, 40)}`;
}

/** What came of a job; `undefined` as long as nothing has. */
export function outcomeOf<R extends BatchRequest>(job: BatchJob): BatchOutcome<ResultOf<R>> | undefined {
  if (job.finishedOn === undefined) return undefined;
  if (typeof job.returnvalue === "string") {
    return { ...(fromExactJSON(job.returnvalue) as BatchOutcome<ResultOf<R>>), resumed: false };
  }
  const error = new LLMError({ kind: "server", message: `The job failed: ${job.failedReason}`, retryable: true });
  return { id: job.data.id, error, resumed: false };
}
