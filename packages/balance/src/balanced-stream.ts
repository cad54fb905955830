import { type GenerateRequest, heldUntilContent, isLLMError, type StreamEvent, withErrorFacts } from "@llmux/core";
import type { CallRequest } from "./deployment.js";
import type { Group } from "./group.js";
import { Race, type Runner, type Won } from "./race.js";
import { attemptsOf, type Try } from "./try.js";
import { factsOf } from "./whole-call.js";

type Result = IteratorResult<StreamEvent, undefined>;

/** A stream that has come to its first content. */
interface Opened {
  inner: AsyncIterator<StreamEvent>;
  /** What came until then. */
  held: Result[];
}

/**
 * A stream that begins elsewhere when it fails before its first content. From then on it costs a look at each event's type: what the end says is
 * what its deployment is remembered by.
 */
export class BalancedStream implements AsyncIterableIterator<StreamEvent, undefined>, Runner<Opened> {
  readonly #race: Race<Opened>;
  readonly #iterators = new Map<Try, AsyncIterator<StreamEvent>>();
  #opening: Promise<void> | undefined;
  #won: Won<Opened> | undefined;
  #inner: AsyncIterator<StreamEvent> | undefined;
  #held: Result[] = [];
  #headers: Readonly<Record<string, string>> | undefined;
  #closed = false;

  constructor(
    group: Group,
    private readonly request: GenerateRequest,
  ) {
    this.#race = new Race(group, "stream", request as CallRequest, this);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    if (this.#held.length > 0) return Promise.resolve(this.#see(this.#held.shift() as Result));
    if (this.#inner) return this.#inner.next().then(this.#see, this.#fail);
    this.#opening ??= this.#open();
    return this.#opening.then(() => this.next());
  }

  async return(): Promise<Result> {
    if (!this.#closed) {
      this.#closed = true;
      this.#won?.winner.release();
      if (this.#inner) await this.#inner.return?.();
      else await this.#race.leave();
    }
    return { done: true, value: undefined };
  }

  async start(request: CallRequest, one: Try): Promise<Opened> {
    const inner = one.member.deployment.backend.stream(request as GenerateRequest)[Symbol.asyncIterator]();
    this.#iterators.set(one, inner);
    return { inner, held: await heldUntilContent(inner) };
  }

  attempts(): undefined {
    return undefined;
  }

  cancel(one: Try): Promise<unknown> | undefined {
    return this.#iterators.get(one)?.return?.();
  }

  drop({ inner, held }: Opened): undefined {
    if (!held.at(-1)?.done) inner.return?.().catch(() => undefined);
  }

  async #open(): Promise<void> {
    try {
      const won = await this.#race.run();
      this.#won = won;
      this.#held = won.value.held;
      this.#inner = won.value.inner;
      // Left in the same moment in which it opened.
      if (this.#closed) {
        won.winner.release();
        await this.#inner.return?.();
      }
    } catch (error) {
      // Who left is told that the stream is over, not that it failed.
      if (this.#closed) return;
      this.#closed = true;
      throw error;
    }
  }

  readonly #see = (result: Result): Result => {
    if (result.done) {
      this.#won?.winner.release();
      return result;
    }
    const event = result.value;
    if (event.type === "start") this.#headers = event.response.headers;
    if (event.type !== "finish") return result;
    const { winner, tries } = this.#won!;
    const facts = factsOf(event);
    winner.member.learn({ ...facts, headers: facts.headers ?? this.#headers }, Date.now());
    winner.release();
    winner.withInner(event.attempts);
    return { done: false, value: { ...event, attempts: attemptsOf(tries) } };
  };

  readonly #fail = (error: unknown): never => {
    this.#closed = true;
    const { winner, tries } = this.#won!;
    winner.release();
    // Its trial was over with its first content; the caller's own limit is none of the deployment's fault.
    winner.failed(error, isLLMError(error, "timeout") && this.#expired(winner));
    throw isLLMError(error) ? withErrorFacts(error, { attempts: attemptsOf(tries) }) : error;
  };

  #expired({ duration }: Try): boolean {
    const total = this.request.timeout?.total;
    return total !== undefined && duration >= total - 1;
  }
}
