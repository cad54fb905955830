import { least } from "./least.js";
import type { Candidate, Strategy } from "./strategy.js";

/** At random, each as often as its `weight` says. */
export const weightedShuffle: Strategy = (candidates) => {
  let total = 0;
  for (const { weight } of candidates) total += weight;
  if (total === 0) return candidates[Math.floor(Math.random() * candidates.length)] as Candidate;
  let at = Math.random() * total;
  for (const candidate of candidates) {
    at -= candidate.weight;
    if (at < 0) return candidate;
  }
  // Rounding may leave a trace of the sum.
  return candidates.findLast(({ weight }) => weight > 0) as Candidate;
};

/** The one with the fewest calls under way for its `weight`. */
export const leastBusy: Strategy = (candidates) =>
  least(candidates, ({ inFlight, weight }) => (weight > 0 ? inFlight / weight : Number.MAX_VALUE));

/** Milliseconds in which the latency of a deployment that is not called comes to count half, so that one that has recovered is found again. */
const HALF_LIFE = 30_000;
/** Milliseconds, for one that was called and has never answered. */
const PRESUMED = 60_000;

/**
 * The one that gave its first content soonest of late. What was not measured yet, or not for long, is tried again, with one call at a
 * time.
 */
export const lowestLatency: Strategy = (candidates, _request, { call, now }) =>
  least(candidates, (candidate) => {
    const latency = candidate.latency(call) ?? PRESUMED * (1 + candidate.inFlight);
    // Counted from the last call's beginning too: that one will tell, and no other need go along.
    return latency * 2 ** ((candidate.calledAt(call) - now) / HALF_LIFE);
  });

/** The cheapest for a token. Where none has a price, as {@link weightedShuffle}. */
export const lowestCost: Strategy = (candidates, request) =>
  least(candidates, (candidate) => candidate.costPerToken(request) ?? Number.MAX_VALUE);

/** The one with the largest share of its rate limits left, by the headers of its answers; one that sent none counts as unlimited. */
export const mostRemaining: Strategy = (candidates, _request, { now }) =>
  least(candidates, (candidate) => -(candidate.remaining(now) ?? 1));

export type StrategyName = "weightedShuffle" | "leastBusy" | "lowestLatency" | "lowestCost" | "mostRemaining";

/** The built-in strategies by their names. */
export const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = {
  weightedShuffle,
  leastBusy,
  lowestLatency,
  lowestCost,
  mostRemaining,
};
