import { type GenerateRequest, isLLMError, type StreamEvent } from "@llmux/core";
import type { CallPath } from "./call-path.js";
import type { OpenedStream } from "./opened-stream.js";

type Result = IteratorResult<StreamEvent, undefined>;

/** The stream of a path's target, with the path on its `finish` and on its failure. */
export class PathStream implements AsyncIterableIterator<StreamEvent, undefined> {
  readonly #inner: AsyncIterator<StreamEvent>;
  readonly #held: Result[];

  constructor(
    private readonly path: CallPath<GenerateRequest>,
    private readonly opened: OpenedStream,
  ) {
    this.#inner = opened.inner;
    this.#held = opened.held;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    if (this.#held.length > 0) return Promise.resolve(this.#see(this.#held.shift() as Result));
    return this.#inner.next().then(this.#see, this.#fail);
  }

  async return(): Promise<Result> {
    this.#held.length = 0;
    await this.#inner.return?.();
    return { done: true, value: undefined };
  }

  readonly #see = (result: Result): Result => {
    if (result.done || result.value.type !== "finish") return result;
    const { start, duration } = this.opened;
    const { provider = this.path.backend.provider, model = "" } = start ?? {};
    const attempts = this.path.answered(provider, model, result.value.attempts, duration);
    return { done: false, value: { ...result.value, attempts } };
  };

  readonly #fail = (error: unknown): never => {
    throw isLLMError(error) ? this.path.final(this.path.failed(error)) : error;
  };
}
