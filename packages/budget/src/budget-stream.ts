import { type GenerateRequest, type LLMBackend, type StartEvent, type StreamEvent, UsageMeter } from "@llmux/core";
import type { Bookkeeper } from "./bookkeeper.js";
import type { Ticket } from "./ticket.js";

type Result = IteratorResult<StreamEvent, undefined>;

/** What is known of a stream that was begun. Apart from it, so that it outlives a stream that its reader has dropped. */
class Progress {
  start: StartEvent | undefined;
  hasContent = false;
  /** Whether the provider may have been sent the request. */
  wasAsked = false;
  readonly meter: UsageMeter;

  constructor(
    readonly ticket: Ticket,
    readonly inner: AsyncIterator<StreamEvent>,
    request: GenerateRequest,
  ) {
    this.meter = new UsageMeter(request);
  }

  /** Charges what came so far. */
  cut(): Promise<void> {
    if (!this.start && !this.hasContent) return this.wasAsked ? this.ticket.unanswered() : this.ticket.release();
    const { provider, model, response } = this.start ?? {};
    return this.ticket.cut({ provider, model, response }, this.meter.usage);
  }
}

/** A stream that nobody can read any more was left, too, only that nobody has said so. */
const DROPPED = new FinalizationRegistry((progress: Progress) => {
  void progress.cut();
  void Promise.resolve(progress.inner.return?.()).catch(() => undefined);
});

/** A stream that is reserved for when it is begun, and settled before its `finish` is handed over, or when it fails or is left. */
export class BudgetStream implements AsyncIterableIterator<StreamEvent, undefined> {
  #inner: AsyncIterator<StreamEvent> | undefined;
  #opening: Promise<void> | undefined;
  #progress: Progress | undefined;
  #closed = false;

  constructor(
    private readonly books: Bookkeeper,
    private readonly request: GenerateRequest,
    private readonly backend: LLMBackend,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    if (this.#inner) {
      const progress = this.#progress;
      if (!progress) return this.#inner.next() as Promise<Result>;
      progress.wasAsked = true;
      progress.ticket.isWaiting = true;
      return this.#inner.next().then(this.#see, this.#fail);
    }
    this.#opening ??= this.#open();
    return this.#opening.then(() => this.next());
  }

  async return(): Promise<Result> {
    this.#closed = true;
    // The one behind is left at once, whatever the store does.
    const left = this.#inner?.return?.();
    await this.#end(this.#progress?.cut());
    await left;
    return { done: true, value: undefined };
  }

  async #open(): Promise<void> {
    let ticket: Ticket | undefined;
    try {
      ticket = await this.books.open("stream", this.request);
    } catch (error) {
      this.#closed = true;
      throw error;
    }
    // Left, or aborted, while the store was asked: the provider is not.
    if (ticket && (this.#closed || this.request.signal?.aborted)) {
      await ticket.release();
      ticket = undefined;
    }
    if (this.#closed) return;
    try {
      this.#inner = this.backend.stream(this.request)[Symbol.asyncIterator]();
    } catch (error) {
      this.#closed = true;
      await ticket?.failed(error);
      throw error;
    }
    if (!ticket) return;
    this.#progress = new Progress(ticket, this.#inner, this.request);
    DROPPED.register(this, this.#progress, this);
  }

  readonly #see = (result: IteratorResult<StreamEvent>): Result | Promise<Result> => {
    const progress = this.#progress!;
    const { ticket } = progress;
    ticket.isWaiting = false;
    ticket.wasRead = true;
    // A stream that ended without a `finish` was cut, as `collect` has it, too.
    if (result.done) return this.#end(progress.cut()).then(() => result);
    const event = result.value;
    if (event.type === "start") {
      progress.start = event;
      return result;
    }
    progress.meter.see(event);
    progress.hasContent = true;
    if (event.type !== "finish") return result;
    const { provider, model, response } = progress.start ?? {};
    const settled = ticket.answered({ ...event, provider, model, response: { ...response, ...event.response } });
    return this.#end(settled).then(() => result);
  };

  readonly #fail = async (error: unknown): Promise<never> => {
    this.#closed = true;
    const progress = this.#progress!;
    const hasBegun = progress.start !== undefined || progress.hasContent;
    await this.#end(hasBegun ? progress.cut() : progress.ticket.failed(error));
    throw error;
  };

  async #end(settled: Promise<void> | undefined): Promise<void> {
    DROPPED.unregister(this);
    await settled;
  }
}
