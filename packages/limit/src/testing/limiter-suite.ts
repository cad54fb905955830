import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Claim, LimitStore, Refused, Taken } from "../limit-store.js";
import { type Entry, mostInAnyWindow } from "./brute-force.js";

type Answer = Taken | Refused;

const claim = (kind: Claim["kind"], counter: string, limit: number, amount = 1, window = 60_000): Claim => ({
  kind,
  counter,
  limit,
  amount,
  window: kind === "parallel" ? 0 : window,
  shown: `${limit} ${kind}`,
});
const refused = (answer: Answer | undefined): answer is Refused => answer !== undefined && "lacking" in answer;

/** What every store of limits must do, on a clock that runs. `timeOf` tells when by the store's clock something was taken. */
export function limiterSuite(make: () => LimitStore, timeOf: (taken: Taken) => number): void {
  const used = async (store: LimitStore, ...claims: Claim[]) => (await store.levels(claims)).map((level) => level.used);
  const one = async (store: LimitStore, ...claims: Claim[]) => (await store.take([claims], false))[0]!;

  it("takes as long as there is room, and tells what is lacking and for how long", async () => {
    const store = make();
    const [requests, tokens] = [claim("requests", "r", 3), claim("tokens", "t", 100, 40, 3_600_000)];
    expect(refused(await one(store, requests, tokens))).toBe(false);
    expect(refused(await one(store, requests, tokens))).toBe(false);
    const none = await one(store, requests, tokens);
    expect(none).toMatchObject({ lacking: 1 });
    // The jitter between processes is in it.
    expect((none as Refused).wait).toBeGreaterThan(3_500_000);
    expect((none as Refused).wait).toBeLessThanOrEqual(3_600_000 + 3_600 + 51);
    // All or none: the request that was there has not been taken.
    expect(await used(store, requests, tokens)).toEqual([2, 80]);
    expect(refused(await one(store, requests, { ...tokens, amount: 20 }))).toBe(false);
    expect(await one(store, requests)).toMatchObject({ lacking: 0 });
    const [level] = await store.levels([requests]);
    expect(level!.resetAfter).toBeGreaterThan(50_000);
    expect(level!.resetAfter).toBeLessThanOrEqual(60_060);
  });

  it("does not give to a later call what an earlier one lacks, but what it doesn't", async () => {
    const store = make();
    const all = [
      [claim("tokens", "t", 100, 60)],
      [claim("tokens", "t", 100, 50)],
      [claim("tokens", "t", 100, 10)],
      [claim("tokens", "other", 100, 10)],
    ];
    const answers = await store.take(all, false);
    expect(answers.map(refused)).toEqual([false, true, true, false]);
  });

  it("keeps the parallel ones until they are over, and says when there is room again", async () => {
    const store = make();
    const freed: string[] = [];
    store.onRoom((counters) => freed.push(...(counters ?? ["all"])));
    const parallel = claim("parallel", "p", 2);
    const first = (await one(store, parallel)) as Taken;
    await one(store, parallel);
    expect(refused(await one(store, parallel))).toBe(true);
    expect(freed).toEqual([]);
    store.change([parallel], first, [-1]);
    expect(freed).toEqual(["p"]);
    expect(refused(await one(store, parallel))).toBe(false);
    expect(refused(await one(store, parallel))).toBe(true);
    expect(await store.levels([parallel])).toEqual([{ used: 2, resetAfter: Number.POSITIVE_INFINITY }]);
  });

  it("puts right what was taken, both ways", async () => {
    const store = make();
    const claims = [claim("requests", "r", 5), claim("tokens", "t", 100, 50), claim("parallel", "p", 1)];
    const taken = (await one(store, ...claims)) as Taken;
    store.change(claims, taken, [0, -30, -1]);
    expect(await used(store, ...claims)).toEqual([1, 20, 0]);
    const again = (await one(store, ...claims)) as Taken;
    store.change(claims, again, [0, 70, -1]);
    expect(await used(store, ...claims)).toEqual([2, 140, 0]);
    const none = await one(store, ...claims);
    expect(none).toMatchObject({ lacking: 1 });
  });

  it("has never more than the limit in any window, whatever the order of arrivals, and is usable to the full", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            pause: fc.integer({ min: 0, max: 25 }),
            amounts: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }),
          }),
          {
            minLength: 12,
            maxLength: 16,
          },
        ),
        fc.integer({ min: 4, max: 9 }),
        async (steps, limit) => {
          const store = make();
          const window = 40;
          const entries: Entry[] = [];
          let refusals = 0;
          for (const { pause, amounts } of steps) {
            const claims = amounts.map((amount) => claim("tokens", "any", limit, amount, window));
            const answers = await store.take(
              claims.map((each) => [each]),
              false,
            );
            for (const [place, answer] of answers.entries())
              if (refused(answer)) refusals += 1;
              else entries.push({ at: timeOf(answer), amount: claims[place]!.amount });
            await sleep(pause);
          }
          expect(mostInAnyWindow(entries, window)).toBeLessThanOrEqual(limit);
          expect(entries.length + refusals).toBe(steps.flatMap(({ amounts }) => amounts).length);
          // When a window has passed all of the limit is there again.
          await sleep(window + 5);
          expect(await one(store, claim("tokens", "any", limit, limit, window))).toHaveProperty("at");
        },
      ),
      { numRuns: 4 },
    );
  });
}
