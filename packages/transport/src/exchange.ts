import type { Dispatcher } from "undici";
import type { PieceSource } from "./piece-source.js";

/** Bytes that may wait for a reader before the socket is no longer read. */
const HIGH_WATER_MARK = 128 * 1024;

/** What opens a response. */
export interface ResponseHead {
  status: number;
  statusText: string;
  /** Names in lower case; several values of one name as an array. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

type Settle = { resolve(result: IteratorResult<Uint8Array, undefined>): void; reject(reason: unknown): void };

const DONE: IteratorResult<Uint8Array, undefined> = Object.freeze({ done: true, value: undefined });

/** Cancels exchanges whose response nobody can read any more, so that what they left unread doesn't hold a connection. */
const abandoned = new FinalizationRegistry<Exchange>((exchange) => exchange.abandon());

/**
 * One request and its response: undici's handler and the source of the body in one object, since every further object and
 * promise shows in what a call costs. What came in one turn is handed over as one piece.
 */
export class Exchange implements Dispatcher.DispatchHandler, PieceSource {
  /** Dropped once called: they hold the promise that holds the response, and that must be free to be collected. */
  #onHead: ((head: ResponseHead, exchange: Exchange) => object) | undefined;
  #onFailure: ((error: unknown) => void) | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: (() => void) | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #started = false;
  #state: "open" | "ended" | "failed" = "open";
  #error: unknown;
  #queue: Uint8Array[] = [];
  #size = 0;
  #waiting: Settle | undefined;
  #pending: Promise<IteratorResult<Uint8Array, undefined>> | undefined;
  #collecting: ((error?: unknown) => void) | undefined;
  /** What a reader holds; kept alive until the socket is paused, from when on only a reader can let it go on. */
  #owner: object | undefined;

  /**
   * @param onHead gets the response as soon as its headers are there and gives what is held by whoever can still read the body
   * @param onFailure gets the failure where there is no response
   */
  constructor(
    signal: AbortSignal | undefined,
    onHead: (head: ResponseHead, exchange: Exchange) => object,
    onFailure: (error: unknown) => void,
  ) {
    this.#onHead = onHead;
    this.#onFailure = onFailure;
    this.#signal = signal;
    if (signal) {
      this.#onAbort = () => this.#abort(signal.reason);
      signal.addEventListener("abort", this.#onAbort, { once: true });
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#state !== "open") controller.abort(asError(this.#error));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: ResponseHead["headers"],
    statusText = "",
  ): void {
    // 1xx: the response proper is still to come.
    if (status < 200 || this.#state !== "open") return;
    this.#owner = this.#onHead?.({ status, statusText, headers }, this);
    this.#started = true;
    this.#onHead = this.#onFailure = undefined;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#state !== "open" || chunk.length === 0) return;
    const waiting = this.#waiting;
    if (waiting) {
      this.#waiting = this.#pending = undefined;
      waiting.resolve({ done: false, value: chunk });
      return;
    }
    this.#queue.push(chunk);
    this.#size += chunk.length;
    if (this.#size >= HIGH_WATER_MARK && !this.#collecting) {
      controller.pause();
      if (this.#owner) abandoned.register(this.#owner, this);
      this.#owner = undefined;
    }
  }

  onResponseEnd(): void {
    if (this.#state !== "open") return;
    this.#state = "ended";
    this.#settle();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#state !== "open") return;
    this.#state = "failed";
    this.#error = this.#started ? new TypeError("terminated", { cause: error }) : failureToFetch(error);
    this.#settle();
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#pending) {
      const again = () => this.next();
      return this.#pending.then(again, again);
    }
    if (this.#size > 0) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#state === "failed") return Promise.reject(this.#error);
    if (this.#state === "ended") return Promise.resolve(DONE);
    this.#pending = new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    return this.#pending;
  }

  collect(): Promise<readonly Uint8Array[]> {
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        if (this.#state === "failed") reject(this.#error);
        else resolve(this.#queue);
      };
      if (this.#state !== "open") finish();
      else {
        this.#collecting = finish;
        if (this.#controller?.paused) this.#controller.resume();
      }
    });
  }

  cancel(): void {
    this.#abort(new DOMException("The body was cancelled", "AbortError"), true);
  }

  /** Cancels unless somebody is waiting for bytes after all. */
  abandon(): void {
    if (!this.#waiting && !this.#collecting) this.cancel();
  }

  /** @param quiet whether a read that is waiting ends rather than fails */
  #abort(reason: unknown, quiet = false): void {
    this.#queue = [];
    this.#size = 0;
    if (this.#state !== "open") return;
    this.#state = quiet ? "ended" : "failed";
    this.#error = reason;
    this.#settle();
    // Before undici has a connection for the request there is no controller; onRequestStart then finds the state.
    this.#controller?.abort(asError(reason));
  }

  /** Tells whoever waits that nothing more will come. */
  #settle(): void {
    this.#owner = undefined;
    if (this.#onAbort) this.#signal?.removeEventListener("abort", this.#onAbort);
    if (!this.#started && this.#state === "failed") this.#onFailure?.(this.#error);
    const waiting = this.#waiting;
    if (waiting) {
      this.#waiting = this.#pending = undefined;
      if (this.#state === "failed") waiting.reject(this.#error);
      else waiting.resolve(DONE);
    }
    this.#collecting?.();
  }

  #take(): Uint8Array {
    const queue = this.#queue;
    this.#queue = [];
    this.#size = 0;
    // May hand over further chunks before it returns; they go to the new queue.
    if (this.#controller?.paused && this.#state === "open") this.#controller.resume();
    return queue.length === 1 ? (queue[0] as Uint8Array) : Buffer.concat(queue);
  }
}

/** As `fetch` fails: a `TypeError` whose cause carries the code. What the caller did wrong has no cause, so that nobody retries it. */
function failureToFetch(error: Error): TypeError {
  if ((error as { code?: unknown }).code === "UND_ERR_INVALID_ARG") return new TypeError(error.message);
  return new TypeError("fetch failed", { cause: error });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new DOMException("This operation was aborted", "AbortError");
}
