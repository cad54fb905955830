import type { GenerateRequest, StreamEvent } from "@llmux/core";
import { aborted } from "./aborted.js";
import type { CacheMiss } from "./options.js";
import type { EventResult, StreamFlight } from "./stream-flight.js";

/** What one of those who read a flight's stream has of it. */
export class FlightStream implements AsyncIterableIterator<StreamEvent, undefined> {
  #place = 0;
  #closed = false;
  /** Why it ended, until somebody was told. */
  #error: unknown;
  /** How to end each wait for an event. */
  readonly #waiting = new Set<(error: unknown) => void>();
  readonly #signal: AbortSignal | undefined;

  constructor(
    private readonly flight: StreamFlight,
    readonly request: GenerateRequest,
    /** What was asked for. */
    readonly call: CacheMiss["call"],
  ) {
    this.#signal = request.signal;
    this.#signal?.addEventListener("abort", this.#abort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<EventResult> {
    if (this.#closed) return this.#ended();
    const event = this.flight.eventAt(this.#place++, this);
    return this.#signal ? this.#abortable(event) : event;
  }

  async return(): Promise<EventResult> {
    this.close();
    await this.flight.leave(this);
    return { done: true, value: undefined };
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Nothing more will come. */
  close(): void {
    this.#closed = true;
    this.#signal?.removeEventListener("abort", this.#abort);
  }

  #ended(): Promise<EventResult> {
    const error = this.#error;
    this.#error = undefined;
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error);
  }

  #abortable(event: Promise<EventResult>): Promise<EventResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      event.then(
        (result) => {
          this.#waiting.delete(reject);
          // Many who read a stream stop here.
          if (result.value?.type === "finish") this.#signal?.removeEventListener("abort", this.#abort);
          resolve(result);
        },
        (error: unknown) => {
          this.#waiting.delete(reject);
          reject(error);
        },
      );
    });
  }

  readonly #abort = (): void => {
    const signal = this.#signal!;
    const error = aborted(signal);
    // Who waits for nothing just now is told when it asks.
    if (this.#waiting.size === 0) this.#error = error;
    for (const reject of this.#waiting) reject(error);
    this.close();
    void this.flight.leave(this, signal.reason).catch(() => undefined);
  };
}
