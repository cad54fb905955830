export type { BatchDriver, DriverAnswer, PreparedRequest } from "./batch-driver.js";
export type { BatchInput, BatchOutcome, BatchRequest, ResultOf } from "./batch-item.js";
export type { BatchJournal, JournalEntry, OpenJournal } from "./batch-journal.js";
export type { BatchReport } from "./batch-report.js";
export { type ProgressStream, progressBar } from "./progress-bar.js";
export { type ProviderBatchOptions, runProviderBatch } from "./provider-batch.js";
export { type Batch, type RunBatchOptions, runBatch } from "./run-batch.js";
export type { Submission, SubmissionTrace } from "./submission.js";
export { customIdOf } from "./submission.js";
