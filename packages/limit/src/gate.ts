import type { Claim, LimitStore, Refused, Taken } from "./limit-store.js";
import { Line } from "./line.js";
import { isKnown } from "./refusal.js";
import { aborted, type Entrant, Waiter } from "./waiter.js";

/** How many are asked for at once. */
const BATCH = 16;
/** The longest timer there is. */
const LONGEST = 2 ** 31 - 1;

const gates = new WeakMap<LimitStore, Gate>();

/** The one before the store: all who share a store stand in the same lines. */
export function gateOf(store: LimitStore): Gate {
  let gate = gates.get(store);
  if (!gate) {
    gate = new Gate(store);
    gates.set(store, gate);
  }
  return gate;
}

/**
 * Lets calls in as there is room for them. A call that lacks room waits in the line of the counter that it lacks; nobody who needs that counter passes
 * it, and those who don't are not held up.
 */
export class Gate {
  readonly #lines = new Map<string, Line<Waiter>>();
  readonly #waiters = new Set<Waiter>();
  readonly #callers = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer fires. */
  #due = Number.POSITIVE_INFINITY;
  #order = 0;

  constructor(private readonly store: LimitStore) {
    store.onRoom((counters) => {
      if (this.#lines.size === 0) return;
      for (const counter of counters ?? [...this.#lines.keys()]) {
        const line = this.#lines.get(counter);
        if (line) this.#ask(line);
      }
    });
  }

  /** Those that wait for room in a counter. */
  waitingFor(counter: string): number {
    return this.#lines.get(counter)?.size ?? 0;
  }

  /** @throws LLMError where there is no room and it does not wait, or where it is aborted */
  enter(entrant: Entrant): Taken | Promise<Taken> {
    for (const signal of entrant.signals) if (signal?.aborted) throw aborted(signal.reason);
    const { claims } = entrant;
    if (claims.length === 0) return { at: 0 };
    if (this.#lines.size > 0) {
      const place = claims.findIndex(({ counter }) => this.#lines.has(counter));
      // Somebody waits there: who comes now comes after.
      if (place !== -1) {
        const line = this.#lines.get(claims[place]!.counter)!;
        this.#admitToQueue(entrant, claims[place]!, line.at - performance.now());
        const waiter = new Waiter(entrant, this.#order++, this.#left);
        this.#park(waiter, { lacking: place, wait: Number.POSITIVE_INFINITY });
        return waiter.promise;
      }
    }
    const answers = this.store.take([claims], false);
    if (answers instanceof Promise) {
      const waiter = new Waiter(entrant, this.#order++, this.#left);
      answers.then(
        ([answer]) => this.#answered(waiter, answer!),
        (error: unknown) => waiter.reject(error),
      );
      return waiter.promise;
    }
    const [answer] = answers as [Taken | Refused];
    if (!("lacking" in answer)) return answer;
    this.#admitToQueue(entrant, claims[answer.lacking]!, answer.wait);
    const waiter = new Waiter(entrant, this.#order++, this.#left);
    this.#park(waiter, answer);
    return waiter.promise;
  }

  #answered(waiter: Waiter, answer: Taken | Refused): void {
    const { claims } = waiter.entrant;
    if (!("lacking" in answer)) {
      if (waiter.done) this.#giveBack(claims, answer);
      else waiter.resolve(answer);
    } else if (!waiter.done) {
      try {
        this.#admitToQueue(waiter.entrant, claims[answer.lacking]!, answer.wait);
        this.#park(waiter, answer);
      } catch (error) {
        waiter.reject(error);
      }
    }
  }

  /** @throws LLMError `rate-limit` for one that can't or won't wait */
  #admitToQueue({ maxWait, maxQueue, caller, refused }: Entrant, claim: Claim, wait: number): void {
    if (maxWait === 0) throw refused(claim, wait, "full");
    if (isKnown(claim, wait) && wait > maxWait) throw refused(claim, wait, "late");
    if ((this.#callers.get(caller) ?? 0) >= maxQueue) throw refused(claim, wait, "queue");
  }

  /** Puts one into the line of what it lacks. */
  #park(waiter: Waiter, { lacking, wait }: Refused): void {
    const claim = waiter.entrant.claims[lacking]!;
    let line = this.#lines.get(claim.counter);
    if (!line) {
      line = new Line(claim.counter);
      this.#lines.set(claim.counter, line);
    }
    line.at = Math.min(line.at, performance.now() + wait);
    const ahead = line.size;
    line.add(waiter);
    waiter.line = line;
    waiter.claim = claim;
    if (!this.#waiters.has(waiter)) {
      this.#waiters.add(waiter);
      this.#callers.set(waiter.caller, (this.#callers.get(waiter.caller) ?? 0) + 1);
      this.#fireAt(waiter.deadline);
      waiter.entrant.waits(claim, line.at - performance.now(), ahead);
    }
    this.#fireAt(line.at);
  }

  /** Asks for room for those whose turn it is. */
  #ask(line: Line<Waiter>): void {
    if (line.asking) {
      line.askAgain = true;
      return;
    }
    line.asking = true;
    do {
      line.askAgain = false;
      const waiters = line.first(BATCH);
      if (waiters.length === 0) break;
      const answers = this.store.take(
        waiters.map(({ entrant }) => entrant.claims),
        true,
      );
      if (answers instanceof Promise) {
        void answers.then(
          (all) => this.#resume(line, this.#serve(line, waiters, all)),
          (error: unknown) => {
            for (const waiter of waiters) waiter.reject(error);
            this.#resume(line, true);
          },
        );
        return;
      }
      line.askAgain = this.#serve(line, waiters, answers) || line.askAgain;
    } while (line.askAgain);
    this.#asked(line);
  }

  #resume(line: Line<Waiter>, again: boolean): void {
    line.asking = false;
    if (again || line.askAgain) this.#ask(line);
    else this.#asked(line);
  }

  #asked(line: Line<Waiter>): void {
    line.asking = false;
    if (line.size > 0) this.#fireAt(line.at);
    else {
      this.#lines.delete(line.counter);
      this.store.leave(line.counter);
    }
  }

  /** @returns whether there may be room for more */
  #serve(line: Line<Waiter>, waiters: readonly Waiter[], answers: readonly (Taken | Refused)[]): boolean {
    let full = false;
    const now = performance.now();
    for (const [place, waiter] of waiters.entries()) {
      const answer = answers[place]!;
      const { claims } = waiter.entrant;
      if (!("lacking" in answer)) {
        if (waiter.done) {
          this.#giveBack(claims, answer);
          continue;
        }
        line.served(waiter);
        waiter.line = undefined;
        waiter.resolve(answer);
      } else if (waiter.done) {
      } else if (claims[answer.lacking]!.counter === line.counter) {
        if (!full) line.at = now + answer.wait;
        full = true;
        if (isKnown(claims[answer.lacking]!, answer.wait) && now + answer.wait > waiter.deadline)
          waiter.tooLate(answer.wait);
      } else {
        line.remove(waiter);
        this.#park(waiter, answer);
      }
    }
    return !full;
  }

  #giveBack(claims: readonly Claim[], taken: Taken): void {
    this.store.change(
      claims,
      taken,
      claims.map(({ amount }) => -amount),
    );
  }

  /** A waiter is gone, with room or without. */
  readonly #left = (waiter: Waiter): void => {
    if (!this.#waiters.delete(waiter)) return;
    const count = this.#callers.get(waiter.caller)! - 1;
    if (count > 0) this.#callers.set(waiter.caller, count);
    else this.#callers.delete(waiter.caller);
    const { line } = waiter;
    // The next may be content with less.
    if (line?.remove(waiter)) this.#ask(line);
    if (this.#waiters.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = Number.POSITIVE_INFINITY;
  };

  #fireAt(at: number): void {
    if (!(at < this.#due)) return;
    clearTimeout(this.#timer);
    this.#due = at;
    const wait = Math.min(LONGEST, Math.max(1, Math.ceil(at - performance.now())));
    this.#timer = setTimeout(this.#fire, wait);
  }

  readonly #fire = (): void => {
    this.#timer = undefined;
    this.#due = Number.POSITIVE_INFINITY;
    const now = performance.now();
    for (const line of this.#lines.values()) if (line.at <= now) this.#ask(line);
    for (const waiter of this.#waiters) {
      if (waiter.deadline <= now) waiter.tooLate((waiter.line?.at ?? Number.POSITIVE_INFINITY) - now);
      else this.#fireAt(waiter.deadline);
    }
    for (const line of this.#lines.values()) if (!line.asking) this.#fireAt(line.at);
  };
}
