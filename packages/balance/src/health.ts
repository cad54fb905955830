import type { LLMError, LLMErrorKind } from "@llmux/core";
import type { HealthSettings } from "./health-options.js";
import type { Verdict } from "./verdict.js";

/** `cooling`: not called until a time. `open`: not called because it kept failing. `half-open`: a few trial calls are let through. */
export type HealthState = "well" | "cooling" | "open" | "half-open";

/** What other processes need to know of a deployment that is not called. */
export interface Outage {
  /** Milliseconds from now. */
  for: number;
  kind: LLMErrorKind;
  /** Whether its circuit is open, rather than that it only cools down. */
  broken: boolean;
}

/** Whether a deployment may be called: its cooldown and its circuit breaker. Knows nothing of calls but how they ended. */
export class Health {
  /** When it may be called again, as `Date.now()` gives it. */
  until = 0;
  kind: LLMErrorKind | undefined;
  #broken = false;
  #trials = 0;
  /** In a row. */
  #failures = 0;
  #limits = 0;
  #openings = 0;
  /** What began before these moments says nothing new. */
  #limitedAt: number = Number.NEGATIVE_INFINITY;
  #closedAt: number = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly settings: HealthSettings,
    /** Told of every change of state or time that this process has found out by itself. */
    private readonly changed: () => void = () => {},
  ) {}

  state(now: number): HealthState {
    if (this.#broken) return now < this.until ? "open" : "half-open";
    return now < this.until ? "cooling" : "well";
  }

  /** Whether a call may begin. */
  available(now: number): boolean {
    return now >= this.until && (!this.#broken || this.#trials < (this.settings.breaker?.trials ?? 1));
  }

  /** A call begins; true where it is a trial, which is to be said again when it ends. */
  begin(): boolean {
    if (this.#broken) this.#trials += 1;
    return this.#broken;
  }

  succeeded(trial: boolean, now: number): void {
    if (trial) this.#trials -= 1;
    this.#failures = 0;
    this.#limits = 0;
    if (!this.#broken) {
      if (now - this.#closedAt > (this.settings.breaker?.openFor ?? 0)) this.#openings = 0;
    } else if (trial) this.#close(now);
  }

  /** @param begunAt when the call began, as `Date.now()` gives it */
  failed(verdict: Verdict, error: LLMError, trial: boolean, begunAt: number, now: number): void {
    if (trial) this.#trials -= 1;
    const { cooldown } = this.settings;
    const asked = error.retryAfter;
    if (verdict === "limited") {
      // Calls that were under way together are refused together: that is one refusal.
      if (begunAt >= this.#limitedAt) this.#limits += 1;
      this.#limitedAt = now;
      this.#rest(asked ?? grown(cooldown.base, this.#limits, cooldown.max), error.kind, now);
    } else if (verdict === "refused") this.#rest(asked ?? cooldown.refused, error.kind, now);
    else if (verdict === "failed") {
      if (asked !== undefined) this.#rest(asked, error.kind, now);
      if (begunAt < this.#closedAt || !this.settings.breaker) return;
      this.#failures += 1;
      if (trial || (!this.#broken && this.#failures >= this.settings.breaker.failures)) this.#open(error.kind, now);
    }
  }

  /** A call ended that says nothing of the deployment. */
  ended(trial: boolean): void {
    if (trial) this.#trials -= 1;
  }

  /** Whether a probe can tell anything: it says nothing of rate limits and quotas. */
  wantsProbe(now: number): boolean {
    return this.#broken || (this.kind === "authentication" && now < this.until);
  }

  /** A probe was answered: where the circuit is open, calls may try it at once. A refused key is thought good again. */
  probed(now: number): void {
    if (now >= this.until || !this.wantsProbe(now) || this.kind === "rate-limit") return;
    this.until = now;
    this.changed();
  }

  /** A probe failed: no call need try for as long as this. */
  probeFailed(wait: number, now: number): void {
    if (!this.wantsProbe(now)) return;
    this.until = Math.max(this.until, now + wait);
    this.changed();
  }

  /** What another process found out. */
  learn(outage: Outage, now: number): void {
    if (outage.broken && this.settings.breaker) this.#broken = true;
    if (now + outage.for <= this.until) return;
    this.until = now + outage.for;
    this.kind = outage.kind;
  }

  /** Another process has found it well before its time. Where the circuit is open, a trial call is still to show it. */
  forget(now: number): void {
    this.until = Math.min(this.until, now);
  }

  /** What to tell other processes; `undefined` where it may be called. */
  outage(now: number): Outage | undefined {
    if (now >= this.until || this.kind === undefined) return undefined;
    return { for: this.until - now, kind: this.kind, broken: this.#broken };
  }

  #rest(wait: number, kind: LLMErrorKind, now: number): void {
    if (now + wait <= this.until) return;
    this.until = now + wait;
    this.kind = kind;
    this.changed();
  }

  #open(kind: LLMErrorKind, now: number): void {
    const { openFor, maxOpenFor } = this.settings.breaker!;
    this.#openings += 1;
    this.#broken = true;
    this.kind = kind;
    this.until = Math.max(this.until, now + grown(openFor, this.#openings, maxOpenFor));
    this.changed();
  }

  #close(now: number): void {
    this.#broken = false;
    this.#failures = 0;
    this.#closedAt = now;
    this.until = Math.min(this.until, now);
    this.changed();
  }
}

/** Doubled with each time, and spread over its upper half, so that not all come back at once. */
function grown(base: number, times: number, max: number): number {
  return Math.min(max, base * 2 ** (times - 1)) * (0.5 + Math.random() / 2);
}
