import { type Attempt, isLLMError, LLMError, tell, withErrorFacts } from "@llmux/core";
import type { CallName, CallRequest } from "./deployment.js";
import type { Group } from "./group.js";
import { lossOf } from "./loss-of.js";
import type { Member } from "./member.js";
import { attemptsOf, Try } from "./try.js";
import { mayPassElsewhere } from "./verdict.js";

/** How a call is made of one deployment: a whole call's answer, or a stream that has come to its first content. */
export interface Runner<T> {
  start(request: CallRequest, one: Try): Promise<T>;
  /** The tries that policies inside made. */
  attempts(value: T): readonly Attempt[] | undefined;
  /** Ends what `start` began, where an abort alone does not. */
  cancel?(one: Try): Promise<unknown> | undefined;
  /** Takes an answer that came after another's. @returns US dollars that it cost */
  drop(value: T, one: Try): number | undefined;
}

export interface Won<T> {
  value: T;
  winner: Try;
  tries: readonly Try[];
}

const LOST = "Another deployment answered first";

/**
 * One call: deployments are tried one after the other until one answers, with hedging also beside each other. The winner keeps its place at its
 * deployment until it is released.
 */
export class Race<T> {
  readonly #tries: Try[] = [];
  readonly #startedAt: number = performance.now();
  readonly #tried: Member[] = [];
  #running = 0;
  #hedges = 0;
  #over = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #resolve!: (won: Won<T>) => void;
  #reject: ((error: unknown) => void) | undefined;

  constructor(
    private readonly group: Group,
    private readonly call: CallName,
    private readonly request: CallRequest,
    private readonly runner: Runner<T>,
  ) {}

  /** @throws LLMError of the last deployment that was tried; of the kind of the last cooldown where all were cooling */
  run(): Promise<Won<T>> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.group.hedging?.earn();
      if (!this.#begin()) {
        this.#over = true;
        reject(this.group.pool.allCooling(this.call, this.request.model, Date.now()));
      } else this.#arm();
    });
  }

  /** The caller has gone: ends what is under way. */
  async leave(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    const cancelled = this.#cancelOthers(undefined, "The caller left");
    this.#reject?.(new LLMError({ kind: "aborted", message: "The caller left" }));
    await Promise.all(cancelled);
  }

  /** Begins another try. @returns the deployment, or `undefined` where there is none left */
  #begin(): Member | undefined {
    const { pool, settings, hedging } = this.group;
    const now = Date.now();
    let member = pool.pick(this.request, this.call, this.#tried, now);
    if (!member && this.#tries.length === 0 && settings.trySoonest) member = pool.soonest(this.call, this.#tried);
    if (!member) return undefined;
    const one = new Try(member, this.call, member.deployment.model ?? this.request.model, hedging !== undefined, now);
    this.#tries.push(one);
    this.#tried.push(member);
    this.#running += 1;
    let answer: Promise<T>;
    try {
      answer = this.runner.start(this.#requestFor(one), one);
    } catch (error) {
      answer = Promise.reject(error);
    }
    answer.then(
      (value) => this.#answered(one, value),
      (error) => this.#failed(one, error),
    );
    return member;
  }

  #requestFor(one: Try): CallRequest {
    const { request } = this;
    const { timeout, signal } = request;
    const { controller, model } = one;
    // The limit is on the call, not on each of its tries.
    const spent = this.#tries.length > 1 && timeout?.total !== undefined ? this.#elapsed : 0;
    if (model === request.model && !controller && spent === 0) return request;
    return {
      ...request,
      ...(model !== undefined && { model }),
      ...(spent > 0 && { timeout: { ...timeout, total: Math.max(0, timeout!.total! - spent) } }),
      ...(controller && { signal: signal ? AbortSignal.any([signal, controller.signal]) : controller.signal }),
    };
  }

  get #elapsed(): number {
    return performance.now() - this.#startedAt;
  }

  /** Whether the caller's own limit on the whole call is over. */
  get #expired(): boolean {
    const total = this.request.timeout?.total;
    return total !== undefined && this.#elapsed >= total - 1;
  }

  #answered(one: Try, value: T): void {
    this.#running -= 1;
    if (this.#over) {
      this.#noteLoss(one, this.runner.drop(value, one));
      one.release();
      return;
    }
    one.answered(this.runner.attempts(value));
    this.group.hedging?.measure(this.call, one.duration);
    this.#end(one);
    this.#resolve({ value, winner: one, tries: this.#tries });
  }

  #failed(one: Try, error: unknown): void {
    this.#running -= 1;
    one.release();
    if (this.#over) {
      this.#noteLoss(one, undefined);
      return;
    }
    const expired = this.#expired;
    const verdict = one.failed(error, expired && isLLMError(error, "timeout"));
    try {
      if (!expired && mayPassElsewhere(verdict)) {
        const next = this.#tries.length < this.group.settings.maxTries ? this.#begin() : undefined;
        if (next) tell(this.group.settings.onFailover, this.#failover(one, next, error as Error));
        if (next || this.#running > 0) return;
      }
      this.#end(undefined);
      this.#reject!(this.#final(error));
    } catch (fault) {
      this.#end(undefined);
      this.#reject!(fault);
    }
  }

  #failover(from: Try, to: Member, error: Error): Parameters<NonNullable<Group["settings"]["onFailover"]>>[0] {
    const { call, group } = this;
    return { group: group.name, call, from: from.member.deployment.name, to: to.deployment.name, error };
  }

  /** The failure that ends the call. What one deployment asks to wait is nothing to the others: it is worth trying again when one may be called. */
  #final(error: unknown): unknown {
    if (!isLLMError(error)) return error;
    const attempts = attemptsOf(this.#tries);
    const { pool } = this.group;
    if (!error.retryable || pool.members.length === 1) return withErrorFacts(error, { attempts });
    return withErrorFacts(error, { attempts, retryAfter: pool.returnsIn(this.call, Date.now()) || undefined });
  }

  #arm(): void {
    const { hedging } = this.group;
    if (!hedging || this.#over) return;
    const after = hedging.after(this.call);
    if (after !== undefined) this.#timer = setTimeout(() => this.#hedge(hedging), after);
  }

  #hedge(hedging: NonNullable<Group["hedging"]>): void {
    if (this.#over || this.#tries.length >= this.group.settings.maxTries || this.#expired) return;
    try {
      if (!hedging.spend()) return;
      const member = this.#begin();
      if (!member) return;
      this.#tellHedge(member, "begun");
      this.#hedges += 1;
      if (this.#hedges < hedging.max) this.#arm();
    } catch {
      // The call goes on without.
    }
  }

  #end(winner: Try | undefined): void {
    this.#over = true;
    clearTimeout(this.#timer);
    if (this.#running > 0) for (const cancelled of this.#cancelOthers(winner, LOST)) cancelled?.catch(() => undefined);
  }

  #cancelOthers(winner: Try | undefined, message: string): (Promise<unknown> | undefined)[] {
    const others = this.#tries.filter((one) => one !== winner && !one.settled);
    return others.map((one) => {
      one.left(message);
      one.release();
      const cancelled = this.runner.cancel?.(one);
      one.controller?.abort(new LLMError({ kind: "aborted", message }));
      return cancelled;
    });
  }

  #noteLoss(one: Try, cost: number | undefined): void {
    if (this.group.hedging) this.#tellHedge(one.member, "lost", cost ?? lossOf(one.member.deployment, this.request));
  }

  #tellHedge({ deployment }: Member, outcome: "begun" | "lost", cost?: number): void {
    const { call, group } = this;
    tell(group.settings.onHedge, { group: group.name, call, deployment: deployment.name, outcome, cost });
  }
}
