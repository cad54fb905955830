import type { GenerateRequest, LLMBackend, StartEvent, StreamEvent } from "@llmux/core";
import { UsageMeter } from "@llmux/core";
import type { CallRow } from "./call-row.js";
import { type Recorder, since } from "./recorder.js";

type Result = IteratorResult<StreamEvent, undefined>;

/** A stream whose row is written before its `finish` is handed over, or when it fails or is left. */
export class LedgerStream implements AsyncIterableIterator<StreamEvent, undefined> {
  #inner: AsyncIterator<StreamEvent> | undefined;
  #opening: Promise<void> | undefined;
  #row: CallRow | undefined;
  #begun = 0;
  #start: StartEvent | undefined;
  /** Whether the row is being or has been written. */
  #entered = false;
  #closed = false;
  readonly #meter: UsageMeter;

  constructor(
    private readonly recorder: Recorder,
    private readonly request: GenerateRequest,
    private readonly backend: LLMBackend,
  ) {
    this.#meter = new UsageMeter(request);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    if (this.#inner) return this.#inner.next().then(this.#see, this.#fail);
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    this.#opening ??= this.#open();
    return this.#opening.then(() => (this.#closed ? { done: true, value: undefined } : this.next()));
  }

  async return(): Promise<Result> {
    this.#closed = true;
    // The one behind is left at once, whatever the ledger does.
    const left = this.#inner?.return?.();
    const row = this.#row;
    if (row && !this.#entered) {
      row.outcome = "left";
      await this.#cut(row).catch(() => undefined);
    }
    await left;
    return { done: true, value: undefined };
  }

  async #open(): Promise<void> {
    try {
      await this.recorder.ready();
    } catch (error) {
      this.#closed = true;
      throw error;
    }
    if (this.#closed) return;
    this.#begun = performance.now();
    this.#row = this.recorder.begin("stream", this.request);
    try {
      this.#inner = this.backend.stream(this.request)[Symbol.asyncIterator]();
    } catch (error) {
      await this.#fail(error);
    }
  }

  readonly #see = (result: IteratorResult<StreamEvent>): Result | Promise<Result> => {
    const row = this.#row!;
    if (result.done) return this.#entered ? result : this.#endless(row);
    const event = result.value;
    if (event.type === "start") {
      this.#start = event;
      row.provider = event.provider || row.provider;
      row.model = event.model || row.model;
      row.responseModel = event.response.model;
      row.requestId = event.response.requestId;
      return result;
    }
    this.#meter.see(event);
    if (event.type !== "finish") {
      row.timeToFirstToken ??= since(this.#begun);
      return result;
    }
    if (this.#entered) return result;
    this.#entered = true;
    row.latency = since(this.#begun);
    const { provider, model, response } = this.#start ?? {};
    this.recorder.answered(row, {
      ...event,
      ...(provider !== undefined && { provider }),
      ...(model !== undefined && { model }),
      response: { ...response, ...event.response },
    });
    return this.recorder.save(row).then(() => result as Result, this.#giveUp);
  };

  readonly #fail = async (error: unknown): Promise<never> => {
    this.#closed = true;
    const row = this.#row!;
    if (!this.#entered) {
      this.recorder.failed(row, error);
      await this.#cut(row).catch(() => undefined);
    }
    throw error;
  };

  /** The row could not be written and must be: the stream ends here, and so does the one behind. */
  readonly #giveUp = (error: unknown): never => {
    this.#closed = true;
    void this.#inner?.return?.().then(undefined, () => undefined);
    throw error;
  };

  /** A stream that ended without a `finish` was cut, as `collect` has it, too. */
  async #endless(row: CallRow): Promise<Result> {
    row.outcome = "connection";
    await this.#cut(row).catch(() => undefined);
    return { done: true, value: undefined };
  }

  #cut(row: CallRow): Promise<void> {
    this.#entered = true;
    row.latency = since(this.#begun);
    // A provider that had not begun to answer charges nothing.
    if (row.inputTokens === undefined && (this.#start || row.timeToFirstToken !== undefined))
      this.recorder.estimated(row, this.#meter.usage);
    if (this.#start?.cachedAt) this.recorder.cached(row);
    return this.recorder.save(row);
  }
}
