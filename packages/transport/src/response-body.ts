import type { PieceSource } from "./piece-source.js";

interface BodyState {
  locked: boolean;
  /** Whether any of it has been read or cancelled. */
  disturbed: boolean;
}

/**
 * A response's body. Iterating it and reading it through `getReader` take the pieces as they come from the socket; everything
 * else that a `ReadableStream` can do is had by becoming one.
 */
export class ResponseBody {
  readonly #source: PieceSource;
  readonly #state: BodyState = { locked: false, disturbed: false };

  constructor(source: PieceSource) {
    this.#source = source;
  }

  get locked(): boolean {
    return this.#state.locked;
  }

  /** Whether any of it has been read or cancelled. */
  get disturbed(): boolean {
    return this.#state.disturbed;
  }

  /** All of it. Rejects where it has been touched before. */
  async collect(): Promise<readonly Uint8Array[]> {
    if (this.#state.locked || this.#state.disturbed) {
      throw new TypeError("Body is unusable: Body has already been read");
    }
    this.#state.locked = this.#state.disturbed = true;
    return this.#source.collect();
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    return this.values();
  }

  /** Leaving the loop early ends the request, unless `preventCancel` is set. */
  values(options?: { preventCancel?: boolean }): AsyncIterableIterator<Uint8Array> {
    const reader = this.getReader();
    return {
      next: () => reader.read(),
      async return() {
        if (!options?.preventCancel) await reader.cancel();
        reader.releaseLock();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  getReader(options?: { mode?: "byob" | undefined }): BodyReader {
    if (options?.mode === "byob") return this.#toStream().getReader({ mode: "byob" }) as unknown as BodyReader;
    if (this.#state.locked) throw new TypeError("The body is locked: it is being read already");
    this.#state.locked = true;
    return new BodyReader(this, this.#source, this.#state);
  }

  async cancel(): Promise<void> {
    if (this.#state.locked) throw new TypeError("The body is locked: cancel it through its reader");
    this.#state.disturbed = true;
    this.#source.cancel();
  }

  pipeThrough<T>(transform: ReadableWritablePair<T, Uint8Array>, options?: StreamPipeOptions): ReadableStream<T> {
    return this.#toStream().pipeThrough(transform as ReadableWritablePair<T, Uint8Array<ArrayBuffer>>, options);
  }

  pipeTo(destination: WritableStream<Uint8Array>, options?: StreamPipeOptions): Promise<void> {
    return this.#toStream().pipeTo(destination, options);
  }

  tee(): [ReadableStream<Uint8Array<ArrayBuffer>>, ReadableStream<Uint8Array<ArrayBuffer>>] {
    return this.#toStream().tee();
  }

  get [Symbol.toStringTag](): string {
    return "ReadableStream";
  }

  #toStream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const reader = this.getReader();
    return new ReadableStream({
      type: "bytes",
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) {
          controller.close();
          // A reader that brought its own buffer waits until it is given back.
          controller.byobRequest?.respond(0);
        } else {
          // A copy: the stream takes the memory for itself, and several pieces may share one.
          controller.enqueue(Uint8Array.from(value));
        }
      },
      cancel: () => reader.cancel(),
    });
  }
}

/** The part of `ReadableStreamDefaultReader` that readers of bytes use, as thin as can be. */
export class BodyReader {
  /** Held so that nobody takes the body for abandoned while it is read. */
  readonly body: ResponseBody;
  readonly #state: BodyState;
  #source: PieceSource | undefined;
  #closed: { promise: Promise<undefined>; resolve(): void; reject(error: unknown): void } | undefined;
  #cancelled = false;

  constructor(body: ResponseBody, source: PieceSource, state: BodyState) {
    this.body = body;
    this.#source = source;
    this.#state = state;
  }

  read(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (!this.#source) return Promise.reject(new TypeError("The reader has been released"));
    this.#state.disturbed = true;
    const result = this.#source.next();
    const closed = this.#closed;
    if (closed) result.then(({ done }) => done && closed.resolve(), closed.reject);
    return result;
  }

  /** Settles with the read that meets the end of the body, or its failure. */
  get closed(): Promise<undefined> {
    if (!this.#closed) {
      let resolve: () => void = () => undefined;
      let reject: (error: unknown) => void = resolve;
      const promise = new Promise<undefined>((resolved, rejected) => {
        resolve = () => resolved(undefined);
        reject = rejected;
      });
      promise.catch(() => undefined);
      if (this.#cancelled) resolve();
      this.#closed = { promise, resolve, reject };
    }
    return this.#closed.promise;
  }

  async cancel(): Promise<void> {
    this.#state.disturbed = this.#cancelled = true;
    this.#source?.cancel();
    this.#closed?.resolve();
  }

  releaseLock(): void {
    if (!this.#source) return;
    this.#source = undefined;
    this.#state.locked = false;
  }
}
