import { describe, expect, it } from "vitest";
import { plot } from "./plot.ts";
import { Random } from "./random.ts";
import { type Outcome, simulate } from "./simulate.ts";
import { table } from "./table.ts";
import { VirtualClock } from "./virtual-clock.ts";

describe("the virtual clock", () => {
  it("runs timers in the order of their times, and promises before time passes", async () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    const note = (what: string) => () => log.push(`${what} at ${performance.now()}`);
    const restore = clock.install();
    try {
      const from = Date.now();
      for (const wait of [500, 20, 3000, 20, 0]) setTimeout(note(`${wait}`), wait);
      const cancelled = setTimeout(note("never"), 10);
      clearTimeout(cancelled);
      setTimeout(() => {
        let chain = Promise.resolve();
        for (let turn = 0; turn < 50; turn++) chain = chain.then(() => undefined);
        void chain.then(note("fifty turns"));
      }, 19);
      await clock.run(() => false);
      expect(Date.now() - from).toBe(3000);
    } finally {
      restore();
    }
    expect(log).toEqual(["0 at 0", "fifty turns at 19", "20 at 20", "20 at 20", "500 at 500", "3000 at 3000"]);
    expect(Math.abs(Date.now() - performance.timeOrigin - performance.now())).toBeLessThan(60_000);
  });

  it("keeps a thousand timers in order", async () => {
    const clock = new VirtualClock();
    const random = new Random(3);
    const seen: number[] = [];
    const restore = clock.install();
    try {
      for (let at = 0; at < 1000; at++) setTimeout(() => seen.push(clock.now), Math.floor(random.next() * 500));
      await clock.run(() => false);
    } finally {
      restore();
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen).toHaveLength(1000);
  });
});

describe("the simulation", () => {
  const run = (variant: string, seed = 1, calls = 20_000): Promise<Outcome> => simulate({ variant, calls, seed });

  it("comes out the same for the same seed, and otherwise for another", async () => {
    const once = await run("affinity, hedged", 1, 5000);
    expect(await run("affinity, hedged", 1, 5000)).toEqual(once);
    expect(await run("affinity, hedged", 2, 5000)).not.toEqual(once);
  }, 120_000);

  it("tells the strategies apart as one would expect", async () => {
    const names = [
      "round robin, nothing else",
      "weightedShuffle",
      "lowestLatency",
      "lowestCost",
      "weightedShuffle, affinity",
      "leastBusy, hedged",
      "leastBusy",
    ];
    // One after the other: they share the thread's clock.
    const found: Record<string, Outcome> = {};
    for (const name of names) found[name] = await run(name);
    const { weightedShuffle, lowestLatency, lowestCost, leastBusy } = found as Record<string, Outcome>;
    expect(Math.min(...Object.values(found).map(({ cost }) => cost))).toBe(
      Math.min(lowestCost!.cost, found["weightedShuffle, affinity"]!.cost),
    );
    expect(lowestCost!.cost).toBeLessThan(weightedShuffle!.cost);
    expect(lowestLatency!.p95).toBeLessThan(weightedShuffle!.p95);
    expect(found["weightedShuffle, affinity"]!.cacheHits).toBeGreaterThan(weightedShuffle!.cacheHits * 1.5);
    expect(found["leastBusy, hedged"]!.p99).toBeLessThan(leastBusy!.p99);
    for (const name of names.slice(1)) expect(found[name]!.success, name).toBeGreaterThan(0.9999);
    expect(found["round robin, nothing else"]!.success).toBeLessThan(1);
    expect(table(Object.values(found)).split("\n")).toHaveLength(names.length + 2);
    const svg = plot(Object.values(found));
    for (const name of names) expect(svg).toContain(`>${name}</text>`);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  }, 240_000);
});
