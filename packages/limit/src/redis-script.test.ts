import { describeWith } from "@llmux/test-support";
import fc from "fast-check";
import type { Redis } from "ioredis";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SCRIPT } from "./redis-script.js";
import { SLOTS } from "./sliding-count.js";
import { type Entry, mostInAnyWindow } from "./testing/brute-force.js";
import { RedisSpace } from "./testing/redis-space.js";

/** The script in the real Redis, but on a clock that the test turns. */
const TURNED = SCRIPT.replace("redis.call('TIME')", "{ ARGV[3], ARGV[4] }");

await describeWith(["redis"], "the script in Redis, on virtual time", () => {
  let space: RedisSpace;
  let client: Redis;
  beforeEach(() => {
    space = new RedisSpace();
    client = space.connect();
  });
  afterEach(() => space[Symbol.asyncDispose]());

  type Claim = [at: number, limit: number, amount: number, length: number, span: number];
  let count = 0;
  const run = (what: string, names: string[], given: object, now: number): Promise<number[]> => {
    const keys = names.flatMap((name) => [space.prefix + name, `${space.prefix}turn:${name}`]);
    const time = [Math.floor(now / 1000), (now % 1000) * 1000];
    return client.eval(TURNED, keys.length, ...keys, what, JSON.stringify(given), ...time) as Promise<number[]>;
  };
  const take = (names: string[], claims: Claim[], now: number, more: object = {}): Promise<number[]> =>
    run(
      "take",
      names,
      { calls: [{ id: `id${count++}`, claims }], process: "here", lease: 5000, waiting: false, ...more },
      now,
    );

  it("breaks no limit in any window, refuses nothing that fits, and says to the millisecond when it will", async () => {
    let name = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            gap: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 90_000 })),
            amount: fc.integer({ min: 1, max: 8 }),
          }),
          {
            minLength: 10,
            maxLength: 50,
          },
        ),
        fc.integer({ min: 8, max: 20 }),
        // Not shorter, since keys expire by the real clock.
        fc.constantFrom(60_000, 90_500, 3_600_000),
        async (arrivals, limit, window) => {
          const names = [`w${name++}`];
          const length = window / SLOTS;
          const claim = (amount: number): Claim => [1, limit, amount, length, SLOTS];
          const entries: Entry[] = [];
          let now = 1_764_000_000_000;
          const within = (time: number, from: number): number =>
            entries.reduce((sum, { at, amount }) => (at >= from && at <= time ? sum + amount : sum), 0);
          for (const { gap, amount } of arrivals) {
            now += gap;
            let [, lacking, wait] = (await take(names, [claim(amount)], now)) as [number, number, number];
            if (lacking !== 0) {
              expect(within(now, now - window - length) + amount).toBeGreaterThan(limit);
              expect((await take(names, [claim(amount)], now + wait - 1))[1]).toBe(1);
              now += wait;
              [, lacking] = (await take(names, [claim(amount)], now)) as [number, number, number];
            }
            expect(lacking).toBe(0);
            entries.push({ at: now, amount });
          }
          expect(mostInAnyWindow(entries, window)).toBeLessThanOrEqual(limit);
          const [used] = (await run("levels", names, { claims: [[length, SLOTS]] }, now)) as [number];
          expect(used).toBeGreaterThanOrEqual(within(now, now - window));
          expect(used).toBeLessThanOrEqual(within(now, now - window - length));
        },
      ),
      { numRuns: 25 },
    );
  });

  it("frees what a process held that is gone, and keeps what another holds", async () => {
    const parallel: Claim = [1, 2, 1, 0, 0];
    expect((await take(["p"], [parallel], 1_000_000))[1]).toBe(0);
    expect((await take(["p"], [parallel], 1_004_000))[1]).toBe(0);
    expect((await take(["p"], [parallel], 1_004_999))[1]).toBe(1);
    expect((await take(["p"], [parallel], 1_005_000))[1]).toBe(0);
    expect(await run("levels", ["p"], { claims: [[0, 0]] }, 1_005_001)).toEqual([2, -1]);
  });

  it("bears a clock that is set back", async () => {
    const claim: Claim = [1, 10, 6, 60, SLOTS];
    await take(["w"], [claim], 10_000_000);
    // By less than a window: it counts as now.
    expect((await take(["w"], [claim], 9_990_000))[1]).toBe(1);
    expect((await take(["w"], [[1, 10, 4, 60, SLOTS]], 9_990_000))[1]).toBe(0);
    expect((await take(["w"], [claim], 10_060_019))[1]).toBe(1);
    expect((await take(["w"], [claim], 10_060_020))[1]).toBe(0);
    // By hours: nobody waits for them to pass again.
    expect((await take(["w"], [claim], 1_000_000))[1]).toBe(0);
  });

  it("counts what was counted elsewhere at its age", async () => {
    const claim = (amount: number): Claim => [1, 10, amount, 60, SLOTS];
    await take(["w"], [claim(2)], 10_000_000);
    const entries = [
      [50_000, 3],
      [10_000, 4],
      [61_000, 5],
      [-5, 1],
    ];
    await run("add", ["w"], { counters: [{ length: 60, span: SLOTS, entries }] }, 10_000_500);
    const used = async (now: number) => (await run("levels", ["w"], { claims: [[60, SLOTS]] }, now))[0];
    expect(await used(10_000_500)).toBe(10);
    expect(await used(10_011_000)).toBe(7);
    expect(await used(10_051_000)).toBe(3);
    expect(await used(10_060_700)).toBe(0);
  });

  it("keeps room for the process whose turn it is, as much as that needs", async () => {
    const claim = (amount: number): Claim => [1, 100, amount, 60, SLOTS];
    const now = 10_000_000;
    const as = (process: string, amount: number, waiting: boolean) =>
      take(["w"], [claim(amount)], now, { process, waiting });
    await as("there", 60, false);
    expect((await as("here", 50, true))[1]).toBe(1);
    expect((await as("there", 10, false)).slice(1)).toEqual([1, 100]);
    // One that would wait, too, does not take the turn away.
    expect((await as("there", 45, true))[1]).toBe(1);
    expect((await as("here", 5, false))[1]).toBe(0);
    // It has gone with that, and so its turn.
    expect((await as("there", 10, false))[1]).toBe(0);
    expect((await as("here", 50, true))[1]).toBe(1);
    await run("leave", ["w"], { process: "there" }, now);
    expect((await as("there", 10, false))[1]).toBe(1);
    await run("leave", ["w"], { process: "here" }, now);
    expect((await as("there", 10, false))[1]).toBe(0);
  });
});
