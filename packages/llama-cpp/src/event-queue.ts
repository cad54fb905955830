/** Hands over to a loop what a callback brings, in batches of all that has come meanwhile. */
export class EventQueue<T> implements AsyncIterable<readonly T[]> {
  #batch: T[] = [];
  #ended = false;
  #failure: { error: unknown } | undefined;
  #wake: (() => void) | undefined;

  push(items: readonly T[]): void {
    this.#batch.push(...items);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#failure = { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly T[], void, undefined> {
    for (;;) {
      if (this.#batch.length > 0) {
        const batch = this.#batch;
        this.#batch = [];
        yield batch;
      } else if (this.#failure) throw this.#failure.error;
      else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
