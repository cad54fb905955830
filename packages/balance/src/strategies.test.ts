import { random as seeded } from "@llmux/test-support";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { leastBusy, lowestCost, lowestLatency, mostRemaining, weightedShuffle } from "./strategies.js";
import type { Candidate, Strategy } from "./strategy.js";

let random: () => number;
beforeEach(() => {
  random = seeded(7);
  vi.spyOn(Math, "random").mockImplementation(() => random());
  return () => vi.restoreAllMocks();
});

type Facts = {
  name?: string;
  weight?: number;
  inFlight?: number;
  latency?: number;
  calledAt?: number;
  cost?: number;
  remaining?: number;
};

function candidate(facts: Facts): Candidate {
  return {
    deployment: { name: facts.name ?? "", backend: {} as never },
    weight: facts.weight ?? 1,
    inFlight: facts.inFlight ?? 0,
    latency: () => facts.latency,
    calledAt: () => facts.calledAt ?? Number.NEGATIVE_INFINITY,
    costPerToken: () => facts.cost,
    remaining: () => facts.remaining,
  };
}

function shares(strategy: Strategy, facts: readonly Facts[], calls = 20_000, now = 0): number[] {
  const candidates = facts.map(candidate);
  const counts = facts.map(() => 0);
  for (let call = 0; call < calls; call++) {
    counts[candidates.indexOf(strategy(candidates, {}, { call: "generate", now }))]! += 1;
  }
  return counts.map((count) => count / calls);
}

describe("weightedShuffle", () => {
  it("gives each its weight's share", () => {
    const weights = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(weights, fc.integer(), (list, seed) => {
        random = seeded(seed);
        const total = list.reduce((sum, weight) => sum + weight, 0);
        const found = shares(
          weightedShuffle,
          list.map((weight) => ({ weight })),
          4000,
        );
        for (const [at, weight] of list.entries()) {
          const expected = total === 0 ? 1 / list.length : weight / total;
          // Five standard deviations.
          const deviation = 5 * Math.sqrt((expected * (1 - expected)) / 4000);
          expect(Math.abs(found[at]! - expected)).toBeLessThanOrEqual(deviation);
          if (weight === 0 && total > 0) expect(found[at]).toBe(0);
        }
      }),
      { numRuns: 50, seed: 1 },
    );
  });
});

describe("leastBusy", () => {
  it("takes the fewest calls for the weight, and shares among those alike by weight", () => {
    expect(shares(leastBusy, [{ inFlight: 3 }, { inFlight: 2 }, { inFlight: 4 }], 10)).toEqual([0, 1, 0]);
    expect(shares(leastBusy, [{ inFlight: 4, weight: 4 }, { inFlight: 2 }], 10)).toEqual([1, 0]);
    expect(shares(leastBusy, [{ inFlight: 0, weight: 0 }, { inFlight: 90 }], 10)).toEqual([0, 1]);
    const [one, three] = shares(leastBusy, [{}, { weight: 3 }]);
    expect(one! + three!).toBe(1);
    expect(three).toBeGreaterThan(0.73);
    expect(three).toBeLessThan(0.77);
  });
});

describe("lowestLatency", () => {
  it("takes the fastest", () => {
    expect(shares(lowestLatency, [{ latency: 500 }, { latency: 200 }, { latency: 300 }].map(called(0)), 10)).toEqual([
      0, 1, 0,
    ]);
  });

  it("tries what was never called first, and what is called for the first time not again at the same time", () => {
    expect(shares(lowestLatency, [{ latency: 500, calledAt: 0 }, {}], 10)).toEqual([0, 1]);
    expect(
      shares(
        lowestLatency,
        [
          { latency: 500, calledAt: 0 },
          { inFlight: 1, calledAt: 0 },
        ],
        10,
      ),
    ).toEqual([1, 0]);
  });

  it("tries a slow one again after a while, with one call", () => {
    const at = (calledAt: number) => [
      { latency: 200, calledAt: 60_000 },
      { latency: 700, calledAt },
    ];
    expect(shares(lowestLatency, at(30_000), 10, 60_000)).toEqual([1, 0]);
    expect(shares(lowestLatency, at(0), 10, 60_000)).toEqual([0, 1]);
    expect(shares(lowestLatency, at(60_000), 10, 60_000)).toEqual([1, 0]);
  });
});

describe("lowestCost", () => {
  it("takes the cheapest, and what has no price last", () => {
    expect(shares(lowestCost, [{ cost: 3 }, {}, { cost: 2 }], 10)).toEqual([0, 0, 1]);
    const [one, two] = shares(lowestCost, [{ cost: 1 }, { cost: 1 }]);
    expect(Math.abs(one! - two!)).toBeLessThan(0.05);
    expect(Math.abs(shares(lowestCost, [{}, {}])[0]! - 0.5)).toBeLessThan(0.05);
  });
});

describe("mostRemaining", () => {
  it("takes the one with most left; one that says nothing has all", () => {
    expect(shares(mostRemaining, [{ remaining: 0.2 }, { remaining: 0.9 }, { remaining: 0.5 }], 10)).toEqual([0, 1, 0]);
    expect(shares(mostRemaining, [{ remaining: 0.9 }, {}], 10)).toEqual([0, 1]);
  });
});

function called(at: number): (facts: Facts) => Facts {
  return (facts) => ({ ...facts, calledAt: at });
}
