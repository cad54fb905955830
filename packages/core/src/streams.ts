import type { StreamEvent } from "./stream-event.js";

/**
 * A stream that is chosen only when it is first iterated. From then on the chosen stream's own iterator is called directly, so
 * that the detour costs nothing per event.
 */
export function deferStream(
  open: () => AsyncIterable<StreamEvent> | Promise<AsyncIterable<StreamEvent>>,
): AsyncIterableIterator<StreamEvent, undefined> {
  return new DeferredStream(open);
}

class DeferredStream implements AsyncIterableIterator<StreamEvent, undefined> {
  #inner: AsyncIterator<StreamEvent> | undefined;
  #opening: Promise<AsyncIterator<StreamEvent>> | undefined;
  #closed = false;

  constructor(private readonly open: () => AsyncIterable<StreamEvent> | Promise<AsyncIterable<StreamEvent>>) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<StreamEvent, undefined>> {
    if (this.#inner) return this.#inner.next();
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    this.#opening ??= this.#begin();
    return this.#opening.then((inner) =>
      this.#closed && !this.#inner ? { done: true, value: undefined } : inner.next(),
    );
  }

  async return(): Promise<IteratorResult<StreamEvent, undefined>> {
    this.#closed = true;
    await this.#inner?.return?.();
    return { done: true, value: undefined };
  }

  async #begin(): Promise<AsyncIterator<StreamEvent>> {
    const inner = (await this.open())[Symbol.asyncIterator]();
    if (!this.#closed) this.#inner = inner;
    return inner;
  }
}

/** What {@link observeStream} tells of a stream. */
export interface StreamObserver {
  event?(event: StreamEvent): void;
  /** Called once, when the stream has ended, failed or been left: with the error if it failed. */
  end?(outcome: { error?: unknown; left: boolean }): void;
}

/** Watches a stream without changing it; costs well under a microsecond an event. */
export function observeStream(
  stream: AsyncIterable<StreamEvent>,
  observer: StreamObserver,
): AsyncIterableIterator<StreamEvent, undefined> {
  const inner = stream[Symbol.asyncIterator]();
  let ended = false;
  const end = (outcome: { error?: unknown; left: boolean }): void => {
    if (ended) return;
    ended = true;
    observer.end?.(outcome);
  };
  const see = (result: IteratorResult<StreamEvent>): IteratorResult<StreamEvent, undefined> => {
    if (result.done) end({ left: false });
    else observer.event?.(result.value);
    return result;
  };
  const fail = (error: unknown): never => {
    end({ error, left: false });
    throw error;
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => inner.next().then(see, fail),
    async return() {
      end({ left: true });
      await inner.return?.();
      return { done: true, value: undefined };
    },
  };
}
