import type { FinishEvent, GenerateRequest, StreamEvent } from "@llmux/core";
import { FlightStream } from "./flight-stream.js";
import type { CacheMiss } from "./options.js";
import { copyEvent, replayedFinish, replayedStart, withOutputOf } from "./replayed-event.js";
import { unpaidError } from "./unpaid-error.js";

export type EventResult = IteratorResult<StreamEvent, undefined>;

const OVER: EventResult = { done: true, value: undefined };

/** Where a stream comes from. */
export interface Source {
  stream: AsyncIterable<StreamEvent>;
  /** Whether the store had it, so that nobody pays. */
  stored: boolean;
}

/** What a flight is, and whom it tells. */
export interface StreamPlan {
  open(signal: AbortSignal | undefined): Source | Promise<Source>;
  /** All has come, the `finish` last. */
  onFinish(events: readonly StreamEvent[]): unknown;
  /** One who pays nothing, and does not lead, has its finish. */
  onFree(seat: FlightStream, finish: FinishEvent): unknown;
  /** It failed, ended without a `finish`, or is read by nobody any more. */
  onLost(): unknown;
}

/**
 * One stream that several read, each at its own pace from the beginning: whoever is ahead pulls the next event, and the others find it here. It goes on
 * as long as anybody reads; who is there longest pays.
 */
export class StreamFlight {
  /** Copies of what has come: readers may change what they get. */
  readonly #events: StreamEvent[] = [];
  /** In the order in which they came: the first is the one who pays. */
  readonly #seats = new Set<FlightStream>();
  #leader: FlightStream | undefined;
  /** Who has paid. */
  #payer: FlightStream | undefined;
  #controller: AbortController | undefined;
  #source: AsyncIterator<StreamEvent> | undefined;
  #stored = false;
  /** When the answer began. */
  #at = new Date();
  #pulling: Promise<StreamEvent | undefined> | undefined;
  #ended: false | { error?: unknown } = false;

  constructor(private readonly plan: StreamPlan) {}

  /** Whoever comes first leads: its request is asked. */
  board(request: GenerateRequest, call: CacheMiss["call"]): FlightStream {
    const seat = new FlightStream(this, request, call);
    this.#seats.add(seat);
    if (!this.#leader) {
      this.#leader = seat;
      // Whoever leads without a signal leaves by `return` only, and so does the stream behind.
      if (request.signal) this.#controller = new AbortController();
    }
    return seat;
  }

  /** The event at a place. @throws what the stream throws, once all that came before has been read */
  eventAt(place: number, seat: FlightStream): Promise<EventResult> {
    const event = this.#events[place];
    if (event) return this.#replayed(event, seat);
    if (this.#ended) return this.#end(this.#ended, seat);
    this.#pulling ??= this.#pull();
    return this.#pulling.then((pulled) => {
      if (seat.isClosed) return OVER;
      // Who leads and has read all else gets it as it came.
      if (!pulled || seat !== this.#leader || place !== this.#events.length - 1) return this.eventAt(place, seat);
      if (pulled.type === "finish") this.#payer = seat;
      return { done: false, value: pulled };
    });
  }

  /** Ends the stream where nobody reads it any more. */
  async leave(seat: FlightStream, reason?: unknown): Promise<void> {
    if (!this.#seats.delete(seat) || this.#seats.size > 0 || this.#ended) return;
    this.#lose({});
    this.#controller?.abort(reason);
    await this.#source?.return?.();
  }

  async #end({ error }: { error?: unknown }, seat: FlightStream): Promise<EventResult> {
    seat.close();
    if (error !== undefined) throw this.#isFree(seat) ? unpaidError(error) : error;
    return OVER;
  }

  /** Whether another pays, or nobody. */
  #isFree(seat: FlightStream): boolean {
    return this.#stored || (this.#payer ?? this.#seats.values().next().value) !== seat;
  }

  async #replayed(event: StreamEvent, seat: FlightStream): Promise<EventResult> {
    if (event.type !== "start" && event.type !== "finish") return { done: false, value: copyEvent(event) };
    const pays = !this.#isFree(seat);
    // What the store had says so itself.
    const isAsItWas = pays || this.#stored;
    if (event.type === "start")
      return { done: false, value: isAsItWas ? copyEvent(event) : replayedStart(event, this.#at) };
    if (pays) this.#payer = seat;
    const finish = isAsItWas ? (copyEvent(event) as typeof event) : replayedFinish(event, this.#at);
    if (seat === this.#leader) return { done: false, value: finish };
    const { output } = seat.request;
    const value = output ? await withOutputOf(finish, this.#events, output) : finish;
    if (!pays) this.plan.onFree(seat, event);
    return { done: false, value };
  }

  async #pull(): Promise<StreamEvent | undefined> {
    try {
      this.#source ??= await this.#open();
      if (this.#ended) return undefined;
      const { done, value } = await this.#source.next();
      if (done) this.#lose({});
      else this.#keep(value);
      return done ? undefined : value;
    } catch (error) {
      this.#lose({ error });
      return undefined;
    } finally {
      this.#pulling = undefined;
    }
  }

  async #open(): Promise<AsyncIterator<StreamEvent>> {
    const { stream, stored } = await this.plan.open(this.#controller?.signal);
    this.#stored = stored;
    return stream[Symbol.asyncIterator]();
  }

  #keep(event: StreamEvent): void {
    if (event.type === "start") this.#at = new Date();
    this.#events.push(copyEvent(event));
    if (event.type === "finish") this.plan.onFinish(this.#events);
  }

  #lose(end: { error?: unknown }): void {
    if (this.#ended) return;
    this.#ended = end;
    if (this.#events.at(-1)?.type !== "finish") this.plan.onLost();
  }
}
