import { isLLMError, type LLMError } from "@llmux/core";
import { BatchChunks, type Chunk } from "./batch-chunks.js";
import type { BatchDriver, DriverAnswer } from "./batch-driver.js";
import {
  type BatchInput,
  type BatchItem,
  type BatchOutcome,
  type BatchRequest,
  Identifier,
  type ResultOf,
} from "./batch-item.js";
import { type OpenJournal, resumedOutcome } from "./batch-journal.js";
import { type BatchReport, count, newReport } from "./batch-report.js";
import { inPages } from "./in-pages.js";
import type { ProviderBatchSettings } from "./provider-batch.js";
import { readAnswer } from "./read-answer.js";
import { retryWait } from "./retry-wait.js";
import { sleep } from "./sleep.js";
import { indexOf } from "./submission.js";
import { type LoggedSubmission, SubmissionLog } from "./submission-log.js";

/** How often a call of the batch API is made again after a failure that may pass. */
const RETRIES = 8;

/** How many answers are written down at once: they share one wait for the disk. */
const PAGE = 256;

/** Requests of this run that are with the provider. */
interface Waiting<R extends BatchRequest> {
  submission: LoggedSubmission;
  /** By their place in the submission. */
  items: Map<number, BatchItem<R>>;
}

/** One run over a provider's batch API. */
export class ProviderRun<R extends BatchRequest> {
  readonly report: BatchReport;
  readonly #log: SubmissionLog;
  readonly #identifier = new Identifier();
  readonly #chunks: BatchChunks<R>;
  readonly #waiting = new Map<string, Waiting<R>>();

  constructor(
    readonly driver: BatchDriver,
    readonly journal: OpenJournal | undefined,
    readonly settings: ProviderBatchSettings,
  ) {
    this.#log = new SubmissionLog(journal, driver.provider);
    this.#chunks = new BatchChunks(driver.limits);
    this.report = newReport(settings.total, undefined);
  }

  async *outcomes(
    requests: Iterable<BatchInput<R>> | AsyncIterable<BatchInput<R>>,
  ): AsyncGenerator<BatchOutcome<ResultOf<R>>, void, undefined> {
    for await (const outcome of this.#outcomes(requests)) {
      count(this.report, outcome);
      this.#tell();
      yield outcome;
    }
  }

  #tell(): void {
    this.report.underWay = [...this.#waiting.values()].reduce((sum, { items }) => sum + items.size, 0);
    this.settings.onProgress?.(this.report);
  }

  async *#outcomes(
    requests: Iterable<BatchInput<R>> | AsyncIterable<BatchInput<R>>,
  ): AsyncGenerator<BatchOutcome<ResultOf<R>>, void, undefined> {
    const { initial, max, signal } = this.settings;
    for (const submission of this.#log.unanswered) await this.#find(submission);
    for await (const input of requests) {
      signal?.throwIfAborted();
      const outcome = await this.#take(await this.#identifier.identify(input));
      if (outcome) yield outcome;
    }
    await this.#submitRest();
    for (let wait = initial; this.#waiting.size > 0; wait = Math.min(max, wait * 1.5)) {
      for (const each of [...this.#waiting.values()]) yield* this.#look(each);
      if (this.#waiting.size === 0) return;
      this.#tell();
      await sleep(wait, signal);
    }
  }

  async #take(item: BatchItem<R>): Promise<BatchOutcome<ResultOf<R>> | undefined> {
    const entry = await this.journal?.find(item.id);
    if (entry) return resumedOutcome(entry, item.hash);
    const place = this.#log.placeOf(item);
    if (!place) return this.#put(item);
    const { submission, index } = place;
    const items = this.#waiting.get(submission.id)?.items ?? new Map<number, BatchItem<R>>();
    this.#waiting.set(submission.id, { submission, items: items.set(index, item) });
    return undefined;
  }

  /** @returns its outcome where it can't go into a batch */
  async #put(item: BatchItem<R>): Promise<BatchOutcome<ResultOf<R>> | undefined> {
    let full: Chunk<R> | undefined;
    try {
      full = this.#chunks.add(item, await this.driver.prepare(item.request));
    } catch (error) {
      if (!isLLMError(error)) throw error;
      // Not in the journal: it cost nothing, and what is at fault may be the driver's settings.
      return { id: item.id, error, resumed: false };
    }
    if (full) await this.#submit(full);
    return undefined;
  }

  async #submitRest(): Promise<void> {
    for (const chunk of this.#chunks.rest()) await this.#submit(chunk);
  }

  async #submit({ items, prepared }: Chunk<R>): Promise<void> {
    const { signal } = this.settings;
    const submission = await this.#log.begin(items);
    this.#waiting.set(submission.id, { submission, items: new Map(items.entries()) });
    for (let tried = 1; ; tried++) {
      try {
        return await this.#log.accepted(submission, await this.driver.submit(submission, prepared, signal));
      } catch (thrown) {
        const error = await this.#pause(thrown, tried);
        // A refusal is certain. Any other failure may be one of the answer, and not of the submission.
        if (error.kind === "rate-limit" || error.kind === "overloaded") continue;
      }
      const { state } = await this.#trace(submission);
      if (state !== "absent") return;
    }
  }

  /** @returns `absent` after it has been forgotten */
  async #find(submission: LoggedSubmission): Promise<"found" | "absent" | "unclear"> {
    const { state } = await this.#trace(submission);
    if (state === "absent") await this.#log.dropped(submission);
    return state;
  }

  async #trace(submission: LoggedSubmission): Promise<{ state: "found" | "absent" | "unclear" }> {
    const { driver, settings } = this;
    const trace = await this.#patiently(() => driver.find(submission, this.#log.batches, settings.signal));
    if (trace.state === "found") await this.#log.accepted(submission, trace.batch);
    return trace;
  }

  async *#look(waiting: Waiting<R>): AsyncGenerator<BatchOutcome<ResultOf<R>>, void, undefined> {
    const { submission, items } = waiting;
    if (submission.batch === undefined) {
      const state = await this.#find(submission);
      if (state === "unclear") return;
      if (state === "absent") {
        this.#waiting.delete(submission.id);
        for (const item of items.values()) {
          const outcome = await this.#put(item);
          if (outcome) yield outcome;
        }
        return this.#submitRest();
      }
    }
    const batch = submission.batch!;
    const unanswered = await this.#patiently(() => this.driver.ended(batch, this.settings.signal));
    if (!unanswered) return;
    yield* this.#answers(waiting, batch);
    const missing = [...items.values()].map(({ id }) => id);
    await this.#log.free(missing);
    for (const id of missing) yield { id, error: unanswered, resumed: false };
    this.#waiting.delete(submission.id);
  }

  /** Takes the answered ones out of those that wait. */
  async *#answers(waiting: Waiting<R>, batch: string): AsyncGenerator<BatchOutcome<ResultOf<R>>, void, undefined> {
    for (let tried = 1; ; tried++) {
      try {
        const answers = this.driver.answers(batch, this.settings.signal);
        for await (const page of inPages(answers, PAGE)) yield* await this.#enter(page, waiting);
        return;
      } catch (thrown) {
        // Those that have been taken out are not taken again.
        await this.#pause(thrown, tried);
      }
    }
  }

  async #enter(
    answers: readonly DriverAnswer[],
    { submission, items }: Waiting<R>,
  ): Promise<BatchOutcome<ResultOf<R>>[]> {
    const outcomes: BatchOutcome<ResultOf<R>>[] = [];
    await Promise.all(
      answers.map(async (answer) => {
        const index = indexOf(answer.customId, submission) ?? -1;
        const item = items.get(index);
        if (!item) return;
        items.delete(index);
        const { id, hash, request } = item;
        const outcome = { id, ...(await readAnswer(this.driver, request, answer, this.settings.price)) };
        if (!outcome.error?.retryable) await this.journal?.record({ ...outcome, hash });
        outcomes.push({ ...outcome, resumed: false });
      }),
    );
    await this.#log.free(outcomes.filter(({ error }) => error?.retryable).map(({ id }) => id));
    return outcomes;
  }

  async #patiently<T>(call: () => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried++) {
      try {
        return await call();
      } catch (thrown) {
        await this.#pause(thrown, tried);
      }
    }
  }

  /** Waits before a call is made again. @returns its failure @throws it where that is of no use */
  async #pause(thrown: unknown, tried: number): Promise<LLMError> {
    const { signal } = this.settings;
    if (signal?.aborted) throw thrown;
    const error = this.driver.toError(thrown);
    if (!isLLMError(error) || !error.retryable || tried > RETRIES) throw error;
    await sleep(retryWait(error, tried), signal);
    return error;
  }
}
