import type { AdapterEvent } from "./adapter-backend.js";
import { type Host, HostedCall } from "./hosted-call.js";
import type { Phase } from "./limits.js";
import { normalizeRequest } from "./normalize-request.js";
import type { OutputReader } from "./output-reader.js";
import type { GenerateRequest } from "./request.js";
import type { StreamEvent } from "./stream-event.js";
import { StreamFault } from "./stream-fault.js";

type Batch = AdapterEvent | readonly AdapterEvent[];
type Result = IteratorResult<StreamEvent, undefined>;

const DONE: Result = { done: true, value: undefined };

/**
 * An adapter's stream as the caller sees it. A pull loop rather than an async generator: an event that has already arrived is
 * handed over without another turn through a chain of generators, which is most of what a streamed chunk costs.
 */
export class HostedStream implements AsyncIterableIterator<StreamEvent> {
  readonly #host: Host;
  readonly #request: GenerateRequest;
  #call: HostedCall | undefined;
  #source: AsyncIterator<Batch> | undefined;
  #batch: readonly StreamEvent[] = [];
  #index = 0;
  #state: "new" | "open" | "finished" | "closed" = "new";
  /** Not over with the `start`, which stands for headers, but with the first content. */
  #phase: Phase = "first event";
  /** How many calls of `next` wait for an answer, and the last of them. */
  #waiting = 0;
  #last: Promise<Result> | undefined;
  /** Where the reply is to be parsed at its end. */
  #output: OutputReader | undefined;

  constructor(host: Host, request: GenerateRequest) {
    this.#host = host;
    this.#request = request;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    if (this.#waiting === 0 && this.#index < this.#batch.length) return Promise.resolve(this.#take());
    const pull = (): Promise<Result> => this.#pull();
    // Calls made without waiting for the one before are answered in their order.
    this.#last = this.#waiting++ === 0 ? pull() : (this.#last as Promise<Result>).then(pull, pull);
    return this.#last;
  }

  /** Leaves the stream: ends the HTTP request and gives back what the call held. */
  async return(): Promise<Result> {
    this.#close(true);
    return DONE;
  }

  #take(): Result {
    return { done: false, value: this.#batch[this.#index++] as StreamEvent };
  }

  async #pull(): Promise<Result> {
    try {
      if (this.#state === "new") await this.#open();
      while (this.#index >= this.#batch.length) {
        if (this.#isClosed()) return DONE;
        const call = this.#call as HostedCall;
        const { done, value } = await call.race((this.#source as AsyncIterator<Batch>).next(), this.#phase);
        if (done) {
          if (this.#state === "open") throw new StreamFault("cut");
          this.#close();
        } else if (this.#state === "open") {
          const batch = (Array.isArray(value) ? [...value] : [value]) as StreamEvent[];
          const reading = this.#complete(batch, call);
          if (reading) await reading;
          if (this.#isClosed()) return DONE;
          this.#batch = batch;
          this.#index = 0;
        }
      }
      return this.#take();
    } catch (error) {
      const open = this.#state === "open";
      const failure = open && this.#call ? await this.#call.toError(error) : error;
      this.#close(true);
      // The provider had said that it was done, or the stream was left: what the connection does after that changes nothing.
      if (!open) return DONE;
      throw failure;
    } finally {
      this.#waiting--;
    }
  }

  /** Anything may have happened while something was awaited. */
  #isClosed(): boolean {
    return this.#state === "closed";
  }

  async #open(): Promise<void> {
    this.#state = "open";
    const call = new HostedCall(this.#host, this.#request);
    this.#call = call;
    await call.begin();
    const request = await normalizeRequest(this.#request, this.#host.id);
    if (this.#request.output) {
      this.#output = new (await import("./output-reader.js")).OutputReader(this.#request.output);
    }
    if (call.failure) throw call.failure;
    if (!this.#isClosed()) this.#source = this.#host.backend.stream(request, call)[Symbol.asyncIterator]();
  }

  /** Adds to the first and the last event what the adapter leaves to core. */
  #complete(batch: StreamEvent[], { model, warnings }: HostedCall): Promise<void> | void {
    const at = batch.length - 1;
    if (at < 0) return;
    const head = batch[0] as StreamEvent;
    if (head.type === "start") batch[0] = { ...head, provider: this.#host.id, model, warnings: warnings.splice(0) };
    const last = batch[at] as StreamEvent;
    if (last.type !== "start") this.#phase = "between events";
    if (last.type !== "finish") return this.#output?.read(batch, warnings);
    const end = { ...last };
    batch[at] = end;
    const finish = (): void => {
      if (warnings.length > 0) end.warnings = warnings.splice(0);
      if (this.#state === "open") this.#state = "finished";
    };
    const reading = this.#output?.read(batch, warnings);
    return reading ? reading.then(finish) : finish();
  }

  #close(cancel = false): void {
    if (this.#isClosed()) return;
    this.#state = "closed";
    this.#batch = [];
    this.#call?.end(cancel);
    // Not awaited: a generator that waits for bytes answers only once its request has been cancelled.
    if (cancel) this.#source?.return?.()?.then(undefined, () => undefined);
  }
}
