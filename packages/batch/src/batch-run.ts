import { isLLMError, type LLMBackend, LLMError, rateLimitsFrom } from "@llmux/core";
import { aborted } from "./aborted.js";
import { AdaptiveGate, type Ticket } from "./adaptive-gate.js";
import {
  askFor,
  type BatchInput,
  type BatchItem,
  type BatchOutcome,
  type BatchRequest,
  Identifier,
  type ResultOf,
} from "./batch-item.js";
import { type OpenJournal, resumedOutcome } from "./batch-journal.js";
import { type BatchReport, count, newReport } from "./batch-report.js";
import { retryWait } from "./retry-wait.js";
import type { Batch, BatchSettings } from "./run-batch.js";

interface Task<R extends BatchRequest> {
  item: BatchItem<R>;
  tried: number;
}

/** One batch under way. A pump starts whatever may start, each time that something has happened. */
export class BatchRun<R extends BatchRequest> implements Batch<ResultOf<R>> {
  readonly report: BatchReport;
  readonly #gate: AdaptiveGate;
  readonly #identifier = new Identifier();
  readonly #abort = new AbortController();
  readonly #queue: Task<R>[] = [];
  readonly #ready: BatchOutcome<ResultOf<R>>[] = [];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #input: Iterator<BatchInput<R>> | AsyncIterator<BatchInput<R>> | undefined;
  #journal: OpenJournal | undefined;
  #begun = false;
  #reading = false;
  #ended = false;
  /** Waiting for their next attempt. */
  #delayed = 0;
  #pauseTimer = false;
  #failure: unknown;
  #failed = false;
  #wake: () => void = () => {};

  constructor(
    readonly backend: LLMBackend,
    readonly requests: Iterable<BatchInput<R>> | AsyncIterable<BatchInput<R>>,
    readonly settings: BatchSettings,
  ) {
    this.#gate = new AdaptiveGate(settings.initial, settings.max);
    this.report = newReport(settings.total, settings.initial);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<BatchOutcome<ResultOf<R>>, void, undefined> {
    if (this.#begun) throw new LLMError({ kind: "invalid-request", message: "A batch is iterated once" });
    this.#begun = true;
    const { signal, journal } = this.settings;
    const onAbort = (): void => this.#fail(aborted(signal?.reason));
    if (signal?.aborted) throw aborted(signal.reason);
    this.#journal = await journal?.open();
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      const { requests } = this;
      this.#input = Symbol.asyncIterator in requests ? requests[Symbol.asyncIterator]() : requests[Symbol.iterator]();
      if (signal?.aborted) onAbort();
      yield* this.#outcomes();
    } finally {
      signal?.removeEventListener("abort", onAbort);
      await this.#close();
    }
  }

  async *#outcomes(): AsyncGenerator<BatchOutcome<ResultOf<R>>, void, undefined> {
    for (;;) {
      this.#pump();
      const outcome = this.#ready.shift();
      if (outcome) yield outcome;
      else if (this.#idle()) break;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#failed) throw this.#failure;
  }

  #idle(): boolean {
    if (this.report.underWay > 0) return false;
    return this.#failed || (this.#ended && !this.#reading && this.#queue.length === 0 && this.#delayed === 0);
  }

  #pump(): void {
    while (!this.#failed && this.report.underWay < this.#gate.limit && this.#room()) {
      if (this.#queue.length === 0) {
        if (!this.#reading && !this.#ended) void this.#read();
        return;
      }
      const { pause } = this.#gate;
      if (pause > 0) {
        if (this.#pauseTimer) return;
        this.#pauseTimer = true;
        this.#later(pause, () => {
          this.#pauseTimer = false;
        });
        return;
      }
      void this.#attempt(this.#queue.shift()!);
    }
  }

  /** No more is begun than is taken. */
  #room(): boolean {
    return this.report.underWay + this.#ready.length < 2 * this.#gate.limit;
  }

  async #read(): Promise<void> {
    this.#reading = true;
    try {
      const next = await this.#input!.next();
      if (next.done) this.#ended = true;
      else await this.#accept(next.value);
    } catch (error) {
      this.#ended = true;
      this.#fail(error, false);
    }
    this.#reading = false;
    this.#happened();
  }

  async #accept(input: BatchInput<R>): Promise<void> {
    const item = await this.#identifier.identify(input);
    const entry = await this.#journal?.find(item.id);
    if (entry) this.#hand(resumedOutcome(entry, item.hash));
    else this.#queue.push({ item, tried: 0 });
  }

  async #attempt({ item, tried }: Task<R>): Promise<void> {
    const ticket = this.#gate.start();
    this.report.underWay += 1;
    let outcome: BatchOutcome<ResultOf<R>> | undefined;
    try {
      const result = await askFor(this.backend, item.request, this.#signalOf(item.request));
      this.#gate.succeeded(ticket, this.report.underWay);
      this.#observe(ticket, result);
      outcome = { id: item.id, result, resumed: false };
    } catch (error) {
      outcome = this.#failedAttempt({ item, tried: tried + 1 }, ticket, error);
    }
    try {
      if (outcome) await this.#finish(item, outcome);
    } catch (error) {
      // What can't be written down would be paid for again: no more of it.
      this.#fail(error, false);
      if (outcome) this.#hand(outcome);
    }
    this.report.underWay -= 1;
    this.#happened();
  }

  #signalOf(request: R): AbortSignal {
    return request.signal ? AbortSignal.any([request.signal, this.#abort.signal]) : this.#abort.signal;
  }

  #observe(ticket: Ticket, result: ResultOf<R>): void {
    const { response, usage } = result;
    const limits = response.headers && rateLimitsFrom(response.headers);
    const output = "outputTokens" in usage ? usage.outputTokens.total : 0;
    if (limits) this.#gate.observe(ticket, limits, { input: usage.inputTokens.total, output });
  }

  /** @returns what came of it, unless it is tried again */
  #failedAttempt(task: Task<R>, ticket: Ticket, thrown: unknown): BatchOutcome<ResultOf<R>> | undefined {
    const { settings } = this;
    // Not an outcome: a later run is to ask for it.
    if (this.#abort.signal.aborted) return undefined;
    if (!isLLMError(thrown)) {
      this.#fail(thrown, false);
      return undefined;
    }
    if (settings.stopOn.includes(thrown.kind)) {
      this.#fail(thrown, false);
      return undefined;
    }
    const refused = thrown.kind === "rate-limit" || thrown.kind === "overloaded";
    if (refused) this.#gate.refused(ticket, thrown.retryAfter);
    if (!thrown.retryable || task.tried > settings.retries) return { id: task.item.id, error: thrown, resumed: false };
    if (this.#failed) return undefined;
    this.report.retried += 1;
    if (refused) this.#queue.unshift(task);
    else {
      this.#delayed += 1;
      this.#later(retryWait(thrown, task.tried), () => {
        this.#delayed -= 1;
        this.#queue.unshift(task);
      });
    }
    return undefined;
  }

  async #finish({ id, hash }: BatchItem<R>, outcome: BatchOutcome<ResultOf<R>>): Promise<void> {
    const { result, error } = outcome;
    // A failure that may pass is tried again by the next run.
    if (!error?.retryable) await this.#journal?.record({ id, hash, result, error });
    this.#hand(outcome);
  }

  #hand(outcome: BatchOutcome<ResultOf<R>>): void {
    this.#ready.push(outcome);
    count(this.report, outcome);
    this.report.concurrency = this.#gate.limit;
    try {
      this.settings.onProgress?.(this.report);
    } catch (error) {
      this.#fail(error, false);
    }
  }

  /** Begins nothing more. What is under way has been paid for, and is waited for unless the caller aborts. */
  #fail(error: unknown, abort = true): void {
    if (!this.#failed) {
      this.#failed = true;
      this.#failure = error;
    }
    if (abort) this.#abort.abort(error);
    this.#happened();
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        act();
        this.#happened();
      },
      Math.min(Math.ceil(ms), 2 ** 31 - 1),
    );
    this.#timers.add(timer);
  }

  #happened(): void {
    this.#pump();
    this.#wake();
  }

  async #close(): Promise<void> {
    this.#failed = true;
    this.#abort.abort(aborted("The batch was left"));
    for (const timer of this.#timers) clearTimeout(timer);
    // Answers that are already here are written down before the journal is closed.
    while (this.report.underWay > 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    try {
      if (!this.#ended) await this.#input?.return?.();
    } finally {
      await this.#journal?.close();
    }
  }
}
