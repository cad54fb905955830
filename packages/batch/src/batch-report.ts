import { type EmbedResult, type GenerateResult, invalidOption } from "@llmux/core";
import type { BatchOutcome } from "./batch-item.js";

/** Where a batch stands. */
export interface BatchReport {
  /** Requests that are done with: answered, failed for good, or read from the journal. */
  done: number;
  /** Of those, the ones that failed. */
  failed: number;
  /** Of those, the ones that were read from the journal. */
  resumed: number;
  /** Requests sent again. */
  retried: number;
  /** How many there are in all, where that is known. */
  total: number | undefined;
  /** US dollars that this run's answers say they cost; what was resumed is not in it. */
  cost: number;
  inputTokens: number;
  outputTokens: number;
  /** How many requests may be under way now; `undefined` where the provider decides. */
  concurrency: number | undefined;
  /** How many are: sent, or with the provider's batch API. */
  underWay: number;
  startedAt: Date;
}

export function newReport(total: number | undefined, concurrency: number | undefined): BatchReport {
  const counts = { done: 0, failed: 0, resumed: 0, retried: 0, cost: 0, inputTokens: 0, outputTokens: 0 };
  return { ...counts, total, concurrency, underWay: 0, startedAt: new Date() };
}

/** Adds what came of one request. */
export function count(
  report: BatchReport,
  { result, error, resumed }: BatchOutcome<GenerateResult | EmbedResult>,
): void {
  report.done += 1;
  if (error) report.failed += 1;
  if (resumed) report.resumed += 1;
  if (!result || resumed) return;
  if (!result.cachedAt) report.cost += result.cost?.total ?? 0;
  report.inputTokens += result.usage.inputTokens.total ?? 0;
  if ("outputTokens" in result.usage) report.outputTokens += result.usage.outputTokens.total ?? 0;
}

/**
 * How many requests there are: what the caller says, or the length of an array.
 *
 * @throws LLMError `invalid-request`
 */
export function totalOf(total: number | undefined, requests: unknown): number | undefined {
  if (total === undefined) return Array.isArray(requests) ? requests.length : undefined;
  if (!Number.isInteger(total) || total < 0) throw invalidOption("total", "must be a whole number, 0 or more", total);
  return total;
}

/** @throws LLMError `invalid-request` */
export function checkProgress(onProgress: unknown): void {
  if (onProgress !== undefined && typeof onProgress !== "function")
    throw invalidOption("onProgress", "must be a function", onProgress);
}
