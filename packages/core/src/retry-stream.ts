import type { LLMBackend } from "./backend.js";
import type { GenerateRequest } from "./request.js";
import type { RetryPolicy } from "./retry.js";
import type { StreamEvent } from "./stream-event.js";
import { heldUntilContent } from "./streams.js";

/**
 * A stream that begins again when it fails before its first content event. Until then its `start` is held back, since the
 * attempt that it belongs to may not be the one that counts; from then on the inner iterator is called directly.
 */
export class RetryStream implements AsyncIterableIterator<StreamEvent, undefined> {
  #inner: AsyncIterator<StreamEvent> | undefined;
  #held: IteratorResult<StreamEvent>[] = [];
  #open = false;
  #opening: Promise<void> | undefined;
  #closed = false;
  readonly #left = new AbortController();

  constructor(
    private readonly policy: RetryPolicy,
    private readonly request: GenerateRequest,
    private readonly backend: LLMBackend,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<StreamEvent, undefined>> {
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    if (this.#held.length > 0) return Promise.resolve(this.#held.shift() as IteratorResult<StreamEvent, undefined>);
    if (this.#open) return (this.#inner as AsyncIterator<StreamEvent>).next();
    this.#opening ??= this.#begin();
    return this.#opening.then(() => this.next());
  }

  async return(): Promise<IteratorResult<StreamEvent, undefined>> {
    this.#closed = true;
    this.#left.abort();
    await this.#inner?.return?.();
    return { done: true, value: undefined };
  }

  async #begin(): Promise<void> {
    const { signal, model } = this.request;
    const left = this.#left.signal;
    for (let tried = 1; !this.#closed; tried++) {
      this.#inner = this.backend.stream(this.request)[Symbol.asyncIterator]();
      try {
        this.#held = await heldUntilContent(this.#inner);
        break;
      } catch (error) {
        if (this.#closed) return;
        try {
          await this.policy.pause(error, tried, { model, signal: signal ? AbortSignal.any([signal, left]) : left });
        } catch (final) {
          // Who left during the wait is told that the stream is over, not that it failed.
          if (this.#closed) return;
          this.#closed = true;
          throw final;
        }
      }
    }
    this.#open = true;
  }
}
