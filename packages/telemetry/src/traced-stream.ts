import type { StreamEvent } from "@llmux/core";
import { context } from "@opentelemetry/api";
import type { TracedCall } from "./traced-call.js";

type Result = IteratorResult<StreamEvent, undefined>;

/** What a stream that is about to begin needs: the call's record, if there is any, and the stream behind. */
export interface Begun {
  call: TracedCall | undefined;
  stream(): AsyncIterable<StreamEvent>;
}

/**
 * A stream under a span that begins with its first `next` and ends once: when it has ended, failed or been left. Every `next` runs in the
 * span's context, since a request may be made in any of them.
 */
export class TracedStream implements AsyncIterableIterator<StreamEvent, undefined> {
  #inner: AsyncIterator<StreamEvent> | undefined;
  #call: TracedCall | undefined;
  #closed = false;

  constructor(private readonly begin: () => Begun) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    if (!this.#inner) {
      if (this.#closed) return Promise.resolve({ done: true, value: undefined });
      try {
        this.#begin();
      } catch (error) {
        this.#closed = true;
        this.#call?.end({ error });
        return Promise.reject(error);
      }
    }
    if (!this.#call) return this.#inner!.next();
    const { context: within } = this.#call;
    return (within ? context.with(within, this.#pull) : this.#inner!.next()).then(this.#see, this.#fail);
  }

  async return(): Promise<Result> {
    this.#closed = true;
    this.#call?.end({ left: true });
    const within = this.#call?.context;
    const leave = (): Promise<unknown> | undefined => this.#inner?.return?.();
    await (within ? context.with(within, leave) : leave());
    return { done: true, value: undefined };
  }

  #begin(): void {
    const { call, stream } = this.begin();
    this.#call = call;
    const open = (): AsyncIterator<StreamEvent> => stream()[Symbol.asyncIterator]();
    this.#inner = call?.context ? context.with(call.context, open) : open();
  }

  readonly #pull = (): Promise<Result> => this.#inner!.next() as Promise<Result>;

  readonly #see = (result: Result): Result => {
    if (result.done) this.#call!.end({});
    else this.#call!.see(result.value);
    return result;
  };

  readonly #fail = (error: unknown): never => {
    this.#call!.end({ error });
    throw error;
  };
}
