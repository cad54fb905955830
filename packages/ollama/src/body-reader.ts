/** How long the end of a body is waited for once its last line has come, in milliseconds. */
const SETTLE = 100;

/**
 * A body that is left in two ways: cancelled, which closes the connection, or, once `ended`, read to its end, which is usually but a
 * packet away and lets the connection be used again. A server that keeps it open is not waited for long.
 */
export class BodyReader implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  ended = false;
  /** Whether the body was read to its end. What a line reader gives after that had no line end. */
  exhausted = false;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const piece = await this.#reader.read();
    this.exhausted = piece.done;
    return piece as IteratorResult<Uint8Array, undefined>;
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    const cancel = (): Promise<void> => this.#reader.cancel().catch(() => undefined);
    if (this.ended) {
      const timer = setTimeout(cancel, SETTLE);
      try {
        while (!(await this.#reader.read()).done);
      } catch {
        // The reply is whole: how the connection ended is nobody's concern.
      }
      clearTimeout(timer);
    } else await cancel();
    return { done: true, value: undefined };
  }
}
