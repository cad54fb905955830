import { untilAborted } from "./aborted.js";
import type { CacheableAnswer } from "./cached-call.js";
import type { Entry } from "./entry.js";
import { unpaidError } from "./unpaid-error.js";

/** What came of a call. */
export interface Landing {
  /** What all but one are answered from. */
  entry: Entry;
  /** As the backend gave it, for the one who pays; `undefined` where the store had it, and nobody does. */
  answer?: CacheableAnswer | undefined;
}

/** What one of those who wait for it gets of it. */
export interface Landed extends Landing {
  /** Whether it is the one who pays, and so gets `answer`, where there is one. */
  pays: boolean;
}

/**
 * One call that several wait for. It goes on as long as anybody does; who is there longest pays.
 */
export class WholeFlight {
  /** In the order in which they came: the first is the one who pays. */
  readonly #seats: object[] = [];
  #controller: AbortController | undefined;
  #landing: Promise<Landing> | undefined;

  /** @param onLeft told when nobody waits any more */
  constructor(
    private readonly run: (signal: AbortSignal | undefined) => Promise<Landing>,
    private readonly onLeft: () => void,
  ) {}

  /** Whoever comes first sets it off. One without a signal can't leave, and then nobody else can end the call. */
  board(signal: AbortSignal | undefined): Promise<Landed> {
    const seat = {};
    this.#seats.push(seat);
    if (!this.#landing && signal) this.#controller = new AbortController();
    this.#landing ??= this.run(this.#controller?.signal);
    const landed = this.#landing.then(
      ({ entry, answer }) => ({ entry, answer, pays: this.#isFirst(seat) }),
      (error: unknown) => {
        throw this.#isFirst(seat) ? error : unpaidError(error);
      },
    );
    return signal ? untilAborted(landed, signal, () => this.#leave(seat, signal)) : landed;
  }

  #isFirst(seat: object): boolean {
    return this.#seats[0] === seat;
  }

  #leave(seat: object, signal: AbortSignal): void {
    this.#seats.splice(this.#seats.indexOf(seat), 1);
    if (this.#seats.length > 0) return;
    this.onLeft();
    this.#controller?.abort(signal.reason);
  }
}
