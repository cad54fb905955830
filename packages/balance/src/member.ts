import type { LLMError } from "@llmux/core";
import { hashOf, type Seat } from "./affinity.js";
import type { CallName, CallRequest, Deployment } from "./deployment.js";
import type { Health } from "./health.js";
import { Latency } from "./latency.js";
import { MinuteCount } from "./minute-count.js";
import { Remaining } from "./remaining.js";
import type { Candidate } from "./strategy.js";
import type { Verdict } from "./verdict.js";

/** What an answer told of itself. */
export interface Answered {
  headers?: Readonly<Record<string, string>> | undefined;
  /** US dollars. */
  cost?: number | undefined;
  /** In and out; `undefined` where they were not counted. */
  tokens?: number | undefined;
}

/** A deployment and all that is known of it. */
export class Member implements Candidate, Seat {
  readonly hash: number;
  readonly weight: number;
  inFlight = 0;
  /** Tries that were begun, and those of them that failed. */
  calls = 0;
  failures = 0;
  readonly #latencies = new Map<CallName, Latency>();
  readonly #remaining = new Remaining();
  readonly #begun: MinuteCount | undefined;
  readonly #used: MinuteCount | undefined;
  readonly #price: ((request: CallRequest) => number | undefined) | undefined;
  #paidPerToken: number | undefined;

  constructor(
    readonly deployment: Deployment,
    readonly health: Health,
  ) {
    const { name, weight = 1, rpm, tpm, costPerToken } = deployment;
    this.hash = hashOf(name);
    this.weight = weight;
    if (rpm !== undefined) this.#begun = new MinuteCount();
    if (tpm !== undefined) this.#used = new MinuteCount();
    if (typeof costPerToken === "function") this.#price = costPerToken;
    else if (costPerToken !== undefined) {
      const price =
        typeof costPerToken === "number" ? costPerToken : (costPerToken.input * 3 + costPerToken.output) / 4;
      this.#price = () => price;
    }
  }

  has(call: CallName): boolean {
    return this.deployment.backend[call] !== undefined;
  }

  hasRoom(now: number): boolean {
    const { maxParallel, rpm, tpm } = this.deployment;
    return (
      (maxParallel === undefined || this.inFlight < maxParallel) &&
      (rpm === undefined || this.#begun!.within(now) < rpm) &&
      (tpm === undefined || this.#used!.within(now) < tpm)
    );
  }

  latency(call: CallName): number | undefined {
    return this.#latencies.get(call)?.value;
  }

  calledAt(call: CallName): number {
    return this.#latencies.get(call)?.calledAt ?? Number.NEGATIVE_INFINITY;
  }

  costPerToken(request: CallRequest): number | undefined {
    return this.#price ? this.#price(request) : this.#paidPerToken;
  }

  remaining(now: number): number | undefined {
    return this.#remaining.share(now);
  }

  /** @returns whether it is a trial of a circuit that is half-open */
  begin(call: CallName, now: number): boolean {
    this.inFlight += 1;
    this.calls += 1;
    this.#begun?.add(1, now);
    this.#remaining.begin();
    this.#latencyOf(call).begin(now);
    return this.health.begin();
  }

  /** The first content, or the answer, has come. */
  answered(call: CallName, milliseconds: number, trial: boolean, now: number): void {
    this.#latencyOf(call).measure(milliseconds, now);
    this.health.succeeded(trial, now);
  }

  failed(verdict: Verdict, error: LLMError, trial: boolean, begunAt: number, now: number): void {
    if (verdict !== "alive" && verdict !== "nothing") this.failures += 1;
    // A model that is not there is the deployment's fault where it is the deployment that names it.
    const lacks = verdict === "lacking" && this.deployment.model !== undefined;
    if (verdict === "limited" || verdict === "refused" || verdict === "failed" || lacks)
      this.health.failed(lacks ? "failed" : verdict, error, trial, begunAt, now);
    else if (verdict === "alive") this.health.succeeded(trial, now);
    else this.health.ended(trial);
  }

  learn({ headers, cost, tokens }: Answered, now: number): void {
    if (headers) this.#remaining.answered(headers, now, this.inFlight - 1);
    if (!tokens) return;
    this.#used?.add(tokens, now);
    if (cost !== undefined) this.#paidPerToken = mean(this.#paidPerToken, cost / tokens);
  }

  #latencyOf(call: CallName): Latency {
    let latency = this.#latencies.get(call);
    if (!latency) {
      latency = new Latency();
      this.#latencies.set(call, latency);
    }
    return latency;
  }
}

function mean(before: number | undefined, value: number): number {
  return before === undefined ? value : before + (value - before) / 16;
}
