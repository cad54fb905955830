import { type Attempt, isLLMError, type LLMError } from "@llmux/core";
import type { CallName } from "./deployment.js";
import type { Member } from "./member.js";
import { type Verdict, verdictOn } from "./verdict.js";

/** One deployment at work on one call, from its beginning until it has answered, failed, or was left. */
export class Try {
  /** As `performance.now()` gives it. */
  readonly startedAt: number = performance.now();
  /** Ends it from outside; only where another may win against it. */
  readonly controller: AbortController | undefined;
  attempts: readonly Attempt[] = [];
  /** Whether its deployment has been told how it ended. */
  settled = false;
  readonly #begunAt: number;
  readonly #trial: boolean;
  #released = false;

  constructor(
    readonly member: Member,
    readonly call: CallName,
    readonly model: string | undefined,
    cancellable: boolean,
    now: number,
  ) {
    this.#begunAt = now;
    this.#trial = member.begin(call, now);
    this.controller = cancellable ? new AbortController() : undefined;
  }

  get duration(): number {
    return performance.now() - this.startedAt;
  }

  /** It has given its answer, or its first content. */
  answered(inner: readonly Attempt[] | undefined): void {
    this.settled = true;
    const { duration } = this;
    this.member.answered(this.call, duration, this.#trial, Date.now());
    this.#note(duration, undefined, inner);
  }

  /** @param expired whether it failed because the caller's own time was over, which says nothing of the deployment */
  failed(error: unknown, expired: boolean): Verdict {
    const verdict = expired ? "nothing" : verdictOn(error);
    this.member.failed(verdict, error as LLMError, !this.settled && this.#trial, this.#begunAt, Date.now());
    this.settled = true;
    this.#note(this.duration, error, isLLMError(error) ? error.attempts : undefined);
    return verdict;
  }

  /** Nothing more is to come of it: another answered first, or the caller left. */
  left(message: string): void {
    if (this.settled) return;
    this.settled = true;
    this.member.health.ended(this.#trial);
    this.attempts = [{ ...this.#bare(this.duration), error: { kind: "aborted", message } }];
  }

  /** A stream tells only at its end what policies inside have tried. */
  withInner(inner: readonly Attempt[] | undefined): void {
    if (inner?.length) this.#note(0, undefined, inner);
  }

  /** The deployment is free of it. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.member.inFlight -= 1;
  }

  /** What policies inside tried counts in place of the one try that it looks like from here. */
  #note(duration: number, error: unknown, inner: readonly Attempt[] | undefined): void {
    if (inner?.length) {
      const { name } = this.member.deployment;
      this.attempts = inner.map((attempt) =>
        attempt.deployment === undefined ? { ...attempt, deployment: name } : attempt,
      );
      return;
    }
    const attempt = this.#bare(duration);
    if (isLLMError(error)) {
      const { kind, message, status } = error;
      attempt.error = { kind, message, status };
    } else if (error !== undefined) attempt.error = { kind: "malformed-response", message: String(error) };
    this.attempts = [attempt];
  }

  #bare(duration: number): Attempt {
    const { backend, name } = this.member.deployment;
    return { provider: backend.provider, model: this.model, deployment: name, duration };
  }
}

/** The tries of one call as one list; most calls have one. */
export function attemptsOf(tries: readonly Try[]): readonly Attempt[] {
  return tries.length === 1 ? tries[0]!.attempts : tries.flatMap(({ attempts }) => attempts);
}
