import { LLMError, tell } from "@llmux/core";
import type { Claim, Level, LimitStore, Refused, Taken } from "./limit-store.js";
import { MemoryLimiter } from "./memory-limiter.js";
import type { RedisLimiterOptions } from "./redis.js";
import { RedisLink } from "./redis-link.js";
import { LIMIT_CODE } from "./refusal.js";
import { slotLength } from "./sliding-count.js";

/** Room taken in Redis, in this process' own count or in both. */
interface Room extends Taken {
  readonly id: string;
  /** By the clock of Redis; `undefined` while it is away. */
  readonly remote: number | undefined;
}

/** Milliseconds that a wait has at least, so that those who wait for single places do not ask without a pause. */
const PAUSE = 5;
/** Milliseconds that are added to a wait at most, so that not all processes ask in the same moment. */
const JITTER = 50;

/**
 * Counts in Redis, and beside that what this process itself has let through: who has no room there needs not ask, and while Redis is away it stands in.
 */
export class RedisLimiter implements LimitStore {
  readonly #local = new MemoryLimiter();
  /** Of that, what Redis does not know. */
  #unsaid = new MemoryLimiter();
  readonly #listeners: ((counters?: readonly string[]) => void)[] = [];
  readonly #link: RedisLink;
  readonly #process: string = crypto.randomUUID();
  /** Counters of calls under way by their ids, whose leases are renewed. */
  readonly #held = new Map<string, readonly string[]>();
  /** Counters for which this process may have the turn. */
  readonly #turns = new Set<string>();
  #renewer: ReturnType<typeof setInterval> | undefined;
  #count = 0;

  constructor(
    private readonly options: Required<Omit<RedisLimiterOptions, "onAway" | "onBack">> & RedisLimiterOptions,
  ) {
    const { client, timeout, onAway, onBack } = options;
    this.#link = new RedisLink(
      client,
      timeout,
      `${options.prefix}probe`,
      () => {
        tell(onAway, undefined);
        // What others have used up no longer holds up those that wait here.
        for (const listener of this.#listeners) listener();
      },
      () => {
        this.#sayAll();
        tell(onBack, undefined);
      },
    );
  }

  take(calls: readonly (readonly Claim[])[], waiting: boolean): (Taken | Refused)[] | Promise<(Taken | Refused)[]> {
    if (this.#link.away) return this.#standIn(calls);
    const fit: (readonly Claim[])[] = [];
    const answers = this.#local.refusals(calls, (claims) => fit.push(claims));
    if (fit.length === 0) return answers as Refused[];
    return this.#takeThere(fit, waiting).then((there) => answers.map((refused) => refused ?? there.shift()!));
  }

  change(claims: readonly Claim[], taken: Taken, by: readonly number[]): void {
    const { id, remote } = taken as Room;
    const changes: (readonly number[])[] = [];
    const names: string[] = [];
    const freed: string[] = [];
    for (const [place, { kind, counter, window }] of claims.entries()) {
      const amount = by[place]!;
      if (amount === 0) continue;
      if (amount < 0) freed.push(counter);
      changes.push([names.push(counter), amount, ...measure(kind, window)]);
      if (kind === "parallel") this.#release(id);
    }
    if (names.length === 0) return;
    if (!this.#link.away)
      // Without it the lease ends by itself, and tokens that are not given back count for no longer than a window.
      this.#link.ask("change", this.#keys(names), { id, at: remote ?? 0, changes }).catch(() => undefined);
    this.#local.change(claims, taken, by);
    if (remote === undefined) this.#unsaid.change(claims, taken, by);
    if (freed.length > 0) for (const listener of this.#listeners) listener(freed);
  }

  leave(counter: string): void {
    if (!this.#turns.delete(counter) || this.#link.away) return;
    this.#link.ask("leave", this.#keys([counter]), { process: this.#process }).catch(() => undefined);
  }

  async levels(claims: readonly Claim[]): Promise<Level[]> {
    if (this.#link.away) return this.#local.levels(claims);
    const given = { claims: claims.map(({ kind, window }) => measure(kind, window)) };
    try {
      const found = (await this.#link.ask(
        "levels",
        this.#keys(claims.map(({ counter }) => counter)),
        given,
      )) as number[];
      return claims.map((_, place) => {
        const used = found[2 * place]!;
        const reset = found[2 * place + 1]!;
        return { used, resetAfter: reset >= 0 ? reset : used > 0 ? Number.POSITIVE_INFINITY : 0 };
      });
    } catch {
      return this.#local.levels(claims);
    }
  }

  onRoom(listener: (counters?: readonly string[]) => void): void {
    this.#listeners.push(listener);
  }

  /** Ends its timers; what calls still hold is free when its lease is over. */
  async close(): Promise<void> {
    this.#link.close();
    clearInterval(this.#renewer);
    this.#renewer = undefined;
    this.#held.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @throws LLMError `server` where no call is to be made without Redis */
  #standIn(calls: readonly (readonly Claim[])[]): (Taken | Refused)[] | Promise<never> {
    if (this.options.whenAway === "closed") {
      const message = "The call was not made, since its limits can't be looked up in Redis";
      return Promise.reject(new LLMError({ kind: "server", code: LIMIT_CODE, message }));
    }
    return this.#local.take(calls).map((answer, place) => {
      if ("lacking" in answer) return answer;
      const claims = calls[place]!;
      this.#unsaid.add(claims, answer.at);
      return this.#room(claims, this.#newId(), answer.at, undefined);
    });
  }

  async #takeThere(calls: readonly (readonly Claim[])[], waiting: boolean): Promise<(Taken | Refused)[]> {
    const places = new Map<string, number>();
    const place = (counter: string): number => {
      const found = places.get(counter) ?? places.size + 1;
      places.set(counter, found);
      return found;
    };
    const asked = calls.map((claims) => ({
      id: this.#newId(),
      claims: claims.map(({ counter, limit, amount, kind, window }) => [
        place(counter),
        limit,
        amount,
        ...measure(kind, window),
      ]),
    }));
    const { lease } = this.options;
    const given = { calls: asked, process: this.#process, lease, waiting };
    let found: number[];
    try {
      found = (await this.#link.ask("take", this.#keys([...places.keys()]), given)) as number[];
    } catch {
      return this.#standIn(calls);
    }
    const now = performance.now();
    return calls.map((claims, at) => {
      const lacking = found[2 * at + 1]! - 1;
      const wait = found[2 * at + 2]!;
      if (lacking >= 0) {
        if (waiting) this.#turns.add(claims[lacking]!.counter);
        return { lacking, wait: Math.max(PAUSE, wait) + Math.random() * Math.min(JITTER, wait) };
      }
      this.#local.add(claims, now);
      return this.#room(claims, asked[at]!.id, now, found[0]);
    });
  }

  #room(claims: readonly Claim[], id: string, at: number, remote: number | undefined): Room {
    const counters = claims.filter(({ kind }) => kind === "parallel").map(({ counter }) => counter);
    if (counters.length > 0) {
      this.#held.set(id, counters);
      if (this.#renewer === undefined) {
        this.#renewer = setInterval(() => void this.#renew(), this.options.lease / 3);
        (this.#renewer as { unref?(): void }).unref?.();
      }
    }
    return { at, id, remote };
  }

  #release(id: string): void {
    this.#held.delete(id);
    if (this.#held.size > 0) return;
    clearInterval(this.#renewer);
    this.#renewer = undefined;
  }

  #renew(): void {
    if (this.#link.away || this.#held.size === 0) return;
    const ids = new Map<string, string[]>();
    for (const [id, counters] of this.#held)
      for (const counter of counters) {
        const same = ids.get(counter);
        if (same) same.push(id);
        else ids.set(counter, [id]);
      }
    const given = { ids: [...ids.values()], lease: this.options.lease };
    this.#link.ask("renew", this.#keys([...ids.keys()]), given).catch(() => undefined);
  }

  /** Redis is back, and perhaps empty: what calls hold, and what was let through meanwhile. */
  #sayAll(): void {
    this.#renew();
    const now = performance.now();
    const said = this.#unsaid;
    this.#unsaid = new MemoryLimiter();
    for (const { counter, window, entries } of said.counts()) {
      const [length, span] = measure("requests", window);
      const aged = entries.map(([at, amount]) => [Math.max(0, now - at), amount]);
      const given = { counters: [{ length, span, entries: aged }] };
      this.#link.ask("add", this.#keys([counter]), given).catch(() => undefined);
    }
  }

  #keys(counters: readonly string[]): string[] {
    const { prefix } = this.options;
    return counters.flatMap((counter) => [prefix + counter, `${prefix}turn:${counter}`]);
  }

  #newId(): string {
    return `${this.#process}:${this.#count++}`;
  }
}

/** Milliseconds of a slot, and how many of them a window has; 0 for what has none. */
function measure(kind: Claim["kind"], window: number): [length: number, span: number] {
  if (kind === "parallel") return [0, 0];
  const length = slotLength(window);
  return [length, Math.ceil(window / length)];
}
