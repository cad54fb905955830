import {
  type FinishEvent,
  type GenerateRequest,
  isLLMError,
  type LLMBackend,
  type StartEvent,
  type StreamEvent,
  UsageMeter,
} from "@llmux/core";
import type { Bookkeeper } from "./bookkeeper.js";
import type { Ticket } from "./ticket.js";

type Result = IteratorResult<StreamEvent, undefined>;

/** What is known of a stream that was begun. Apart from it, so that it outlives a stream that its reader has dropped. */
class Progress {
  start: StartEvent | undefined;
  /** Whether the provider may have been sent the request. */
  wasAsked = false;
  hasContent = false;
  readonly meter: UsageMeter;

  constructor(
    readonly ticket: Ticket,
    readonly inner: AsyncIterator<StreamEvent>,
    request: GenerateRequest,
  ) {
    this.meter = new UsageMeter(request);
  }

  finished(event: FinishEvent): Promise<void> {
    const { provider, model, response } = this.start ?? {};
    return this.ticket.answered({ ...event, provider, model, response: { ...response, ...event.response } });
  }

  /** Nobody waits for the rest any more. */
  left(): Promise<void> {
    if (this.hasContent || this.start?.cachedAt) return this.#cut();
    return this.wasAsked ? this.ticket.unanswered() : this.ticket.release();
  }

  /** @param error `undefined`: it ended without a `finish`, which `collect` takes for a cut, too */
  failed(error: unknown): Promise<void> {
    const isCounted = isLLMError(error) && error.usage !== undefined;
    return this.hasContent && !isCounted ? this.#cut() : this.ticket.failed(error);
  }

  #cut(): Promise<void> {
    const { provider, model, response, cachedAt } = this.start ?? {};
    return this.ticket.answered({ provider, model, response, cachedAt, usage: this.meter.usage });
  }
}

/** A stream that nobody can read any more was left, too, only that nobody has said so. Some runtimes can't tell. */
const DROPPED: FinalizationRegistry<Progress> | undefined =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry((progress) => {
        void progress.left();
        void leave(progress.inner).catch(() => undefined);
      });

/** Leaves the stream behind at once; its failure to be left waits until somebody asks. */
function leave(inner: AsyncIterator<StreamEvent> | undefined): Promise<unknown> {
  const left = (async () => inner?.return?.())();
  left.catch(() => undefined);
  return left;
}

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
    // Not after the store, whatever that does.
    const left = leave(this.#inner);
    await this.#end(this.#progress?.left());
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
    DROPPED?.register(this, this.#progress, this);
    // Left by the very backend that was to begin it.
    if (this.#closed) await this.return();
  }

  readonly #see = (result: IteratorResult<StreamEvent>): Result | Promise<Result> => {
    const progress = this.#progress!;
    const { ticket } = progress;
    ticket.isWaiting = false;
    ticket.wasRead = true;
    if (result.done) return this.#end(progress.failed(undefined)).then(() => result);
    const event = result.value;
    if (event.type === "start") {
      progress.start = event;
      return result;
    }
    progress.meter.see(event);
    progress.hasContent = true;
    if (event.type !== "finish") return result;
    return this.#end(progress.finished(event)).then(() => result);
  };

  readonly #fail = async (error: unknown): Promise<never> => {
    this.#closed = true;
    await this.#end(this.#progress!.failed(error));
    throw error;
  };

  async #end(settled: Promise<void> | undefined): Promise<void> {
    DROPPED?.unregister(this);
    await settled;
  }
}
