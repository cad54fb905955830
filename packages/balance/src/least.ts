import type { Candidate } from "./strategy.js";

/** The candidate with the lowest score; of several that are alike, one at random by weight, so that they share the calls. */
export function least(candidates: readonly Candidate[], score: (candidate: Candidate) => number): Candidate {
  let best = candidates[0] as Candidate;
  let lowest = Number.POSITIVE_INFINITY;
  let weights = 0;
  for (const candidate of candidates) {
    const value = score(candidate);
    if (value > lowest) continue;
    if (value < lowest) {
      lowest = value;
      weights = 0;
    }
    weights += candidate.weight;
    // The k-th of those that are alike takes the place with the probability of its weight among the first k.
    if (weights === candidate.weight || Math.random() * weights < candidate.weight) best = candidate;
  }
  return best;
}
