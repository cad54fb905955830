export type { BatchQueueOptions, JobData } from "./batch-queue.js";
export { type BatchWorkerOptions, batchWorker } from "./batch-worker.js";
export { type CollectOptions, collectBatch } from "./collect-batch.js";
export { type EnqueueOptions, enqueueBatch } from "./enqueue-batch.js";
