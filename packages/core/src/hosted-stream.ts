import type { AdapterEvent } from "./adapter-backend.js";
import { LLMError } from "./errors.js";
import { type Host, HostedCall } from "./hosted-call.js";
import { normalizeRequest } from "./normalize-request.js";
import type { GenerateRequest } from "./request.js";
import type { FinishEvent, StreamEvent } from "./stream-event.js";

/**
 * An adapter's stream as the caller sees it. A pull loop rather than an async generator: an event that has already arrived is
 * handed over without another turn through a chain of generators, which is most of what a streamed chunk costs.
 */
export class HostedStream implements AsyncIterableIterator<StreamEvent> {
  readonly #host: Host;
  readonly #request: GenerateRequest;
  #call: HostedCall | undefined;
  #source: AsyncIterator<AdapterEvent | readonly AdapterEvent[]> | undefined;
  #batch: readonly StreamEvent[] = [];
  #index = 0;
  #state: "new" | "open" | "finished" | "closed" = "new";
  /** Whether anything has come but the `start`, which stands for headers. */
  #content = false;
  /** Until when the first content event must have come; from `Date.now()`. */
  #firstBy: number | undefined;
  /** How many calls of `next` wait for an answer, and the last of them. */
  #waiting = 0;
  #last: Promise<unknown> | undefined;
  /** The reply's text, kept only where it is to be parsed at the end. */
  #text = "";

  constructor(host: Host, request: GenerateRequest) {
    this.#host = host;
    this.#request = request;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<StreamEvent, undefined>> {
    if (this.#waiting === 0 && this.#index < this.#batch.length) {
      return Promise.resolve({ done: false, value: this.#batch[this.#index++] as StreamEvent });
    }
    const answer = this.#waiting++ === 0 ? this.#pull() : this.#queue();
    this.#last = answer;
    return answer;
  }

  /** Leaves the stream: ends the HTTP request and gives back what the call held. */
  async return(): Promise<IteratorResult<StreamEvent, undefined>> {
    this.#close(true);
    return { done: true, value: undefined };
  }

  /** Calls made without waiting for the one before are answered in their order. */
  #queue(): Promise<IteratorResult<StreamEvent, undefined>> {
    const take = (): Promise<IteratorResult<StreamEvent, undefined>> => this.#pull();
    return (this.#last as Promise<unknown>).then(take, take);
  }

  async #pull(): Promise<IteratorResult<StreamEvent, undefined>> {
    try {
      if (this.#state === "closed") return { done: true, value: undefined };
      if (this.#index < this.#batch.length) return { done: false, value: this.#batch[this.#index++] as StreamEvent };
      if (this.#state === "new") await this.#open();
      if ((this.#state as string) === "closed") return { done: true, value: undefined };
      const call = this.#call as unknown as HostedCall;
      const source = this.#source as AsyncIterator<AdapterEvent | readonly AdapterEvent[]>;
      for (;;) {
        const { done, value } = this.#content
          ? await call.race(source.next(), call.timeouts.betweenEvents, "between events")
          : await call.race(
              source.next(),
              this.#firstBy && this.#firstBy - Date.now(),
              "first event",
              call.timeouts.firstEvent,
            );
        if ((this.#state as string) === "closed") return { done: true, value: undefined };
        if (done) {
          if (this.#state !== "finished")
            throw new LLMError({
              kind: "connection",
              message: "The stream ended before the provider said that it was done",
            });
          this.#close();
          return { done: true, value: undefined };
        }
        if (this.#state === "finished") continue;
        const batch = (Array.isArray(value) ? [...value] : [value]) as StreamEvent[];
        if (batch.length === 0) continue;
        const completing = this.#complete(batch);
        if (completing) await completing;
        if ((this.#state as string) === "closed") return { done: true, value: undefined };
        this.#batch = batch;
        this.#index = 1;
        return { done: false, value: batch[0] as StreamEvent };
      }
    } catch (error) {
      const state = this.#state as string;
      const failure = this.#call ? await this.#call.toError(error) : error;
      this.#close(true);
      // The provider had said that it was done: what the connection does after that changes nothing.
      if (state === "closed" || state === "finished") return { done: true, value: undefined };
      throw failure;
    } finally {
      this.#waiting--;
    }
  }

  async #open(): Promise<void> {
    this.#state = "open";
    const call = new HostedCall(this.#host, this.#request);
    this.#call = call;
    const request = await normalizeRequest(this.#request);
    // Meanwhile the call may have been aborted, or the stream left.
    if (call.failure) throw call.failure;
    if ((this.#state as string) === "closed") return;
    const { firstEvent } = call.timeouts;
    if (firstEvent !== undefined) this.#firstBy = Date.now() + firstEvent;
    this.#source = this.#host.backend.stream(request, call)[Symbol.asyncIterator]();
  }

  /** Adds to the first and the last event what the adapter leaves to core. */
  #complete(batch: StreamEvent[]): Promise<void> | undefined {
    const call = this.#call as HostedCall;
    if (!this.#content) {
      const head = batch[0];
      if (head?.type === "start") {
        batch[0] = { ...head, provider: this.#host.id, model: call.model, warnings: call.warnings.splice(0) };
      }
      this.#content = batch[batch.length - 1]?.type !== "start";
    }
    const { output } = this.#request;
    if (output) for (const event of batch) if (event.type === "text-delta") this.#text += event.delta;
    if (batch[batch.length - 1]?.type === "finish") return this.#finish(batch);
    return undefined;
  }

  async #finish(batch: StreamEvent[]): Promise<void> {
    const { warnings } = this.#call as HostedCall;
    const finish = { ...batch.pop() } as FinishEvent;
    const { output } = this.#request;
    if (output) {
      const { parseOutput } = await import("./structured-output.js");
      const parsed = await parseOutput(this.#text, output, finish.finishReason.unified);
      finish.output = parsed.output;
      warnings.push(...parsed.warnings);
    }
    if (warnings.length > 0) finish.warnings = warnings.splice(0);
    batch.push(finish);
    if (this.#state === "open") this.#state = "finished";
  }

  #close(cancel = false): void {
    if (this.#state === "closed") return;
    const source = this.#source;
    this.#state = "closed";
    this.#batch = [];
    this.#index = 0;
    this.#call?.end(cancel);
    // Not awaited: a generator that waits for bytes answers only once its request has been cancelled.
    if (cancel) source?.return?.()?.then(undefined, () => undefined);
  }
}
