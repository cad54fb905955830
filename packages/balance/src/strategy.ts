import type { CallName, CallRequest, Deployment } from "./deployment.js";

/** What a strategy may know of a deployment. */
export interface Candidate {
  readonly deployment: Deployment;
  /** The deployment's, or 1. */
  readonly weight: number;
  /** Calls under way; a stream until its end. */
  readonly inFlight: number;
  /** Milliseconds to the first content of a stream, or to the answer of another call: a moving average; `undefined` before the first. */
  latency(call: CallName): number | undefined;
  /** When such a call last began here or was last measured, as `Date.now()` gives it; `-Infinity` before the first. */
  calledAt(call: CallName): number;
  /** US dollars for a token; `undefined` where that is not known (yet). */
  costPerToken(request: CallRequest): number | undefined;
  /** How much of its tightest rate limit is left now, from 0 to 1, by the headers of its last answer; `undefined` where it sent none. */
  remaining(now: number): number | undefined;
}

/** What else a strategy may go by. */
export interface StrategyContext {
  readonly call: CallName;
  /** As `Date.now()` gives it. */
  readonly now: number;
}

/**
 * Chooses one of the deployments that are well, have room and were not tried for this call; after a failure it is asked again. There is always a
 * candidate, and often one alone is left. The list is used again for the next call: it is not to be kept or changed.
 *
 * ```ts
 * const fewestCalls: Strategy = (candidates) => candidates.reduce((best, each) => (each.inFlight < best.inFlight ? each : best));
 * ```
 */
export type Strategy = (candidates: readonly Candidate[], request: CallRequest, context: StrategyContext) => Candidate;
