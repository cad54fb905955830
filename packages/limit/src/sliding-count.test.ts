import fc from "fast-check";
import { expect, it } from "vitest";
import { SLOTS, SlidingCount, slotLength } from "./sliding-count.js";
import { type Entry, mostInAnyWindow } from "./testing/brute-force.js";

const arrivals = fc.array(
  fc.record({ gap: fc.integer({ min: 0, max: 4000 }), amount: fc.integer({ min: 1, max: 9 }) }),
  {
    maxLength: 120,
  },
);

it("never counts less than there is in the window, and lets go of it one slot late at most", () => {
  fc.assert(
    fc.property(arrivals, fc.constantFrom(7, 1000, 1500, 12_345.6), (list, window) => {
      const count = new SlidingCount(window);
      const entries: Entry[] = [];
      let now = 3;
      for (const { gap, amount } of list) {
        now += gap / 3;
        const within = (length: number): number =>
          entries.reduce((sum, { at, amount }) => (at >= now - length ? sum + amount : sum), 0);
        const counted = count.at(now);
        expect(counted).toBeGreaterThanOrEqual(within(window));
        expect(counted).toBeLessThanOrEqual(within(window + slotLength(window)));
        count.add(now, amount);
        entries.push({ at: now, amount });
      }
    }),
  );
});

it("lets no stretch of time have more than the limit when it is asked before each, and tells when there is room", () => {
  fc.assert(
    fc.property(arrivals, fc.integer({ min: 9, max: 40 }), fc.constantFrom(50, 1000, 1500), (list, limit, window) => {
      const count = new SlidingCount(window);
      const entries: Entry[] = [];
      let now = 0;
      for (const { gap, amount } of list) {
        now += gap / 7;
        if (count.at(now) + amount > limit) {
          const wait = count.until(now, limit - amount);
          expect(wait).toBeGreaterThan(0);
          expect(wait).toBeLessThanOrEqual(window + slotLength(window));
          // Not a moment before, and then indeed.
          expect(count.at(now + wait - 0.001) + amount).toBeGreaterThan(limit);
          now += wait + 0.001;
        }
        expect(count.at(now) + amount).toBeLessThanOrEqual(limit);
        count.add(now, amount);
        entries.push({ at: now, amount });
      }
      expect(mostInAnyWindow(entries, window)).toBeLessThanOrEqual(limit);
    }),
  );
});

it("takes back what was counted, as long as it counts", () => {
  const count = new SlidingCount(1000);
  count.add(0, 5);
  count.add(10.5, 7);
  count.takeBack(10.9, 4);
  expect(count.at(20)).toBe(8);
  expect(count.until(20, 3)).toBe(1001 - 20);
  count.takeBack(3, 1);
  expect(count.at(20)).toBe(8);
  expect(count.at(1005)).toBe(3);
  count.takeBack(0, 5);
  expect(count.at(1005)).toBe(3);
  expect(count.until(1005, 3)).toBe(0);
  expect(count.at(5000)).toBe(0);
});

it("keeps no more entries than a window has slots, however much is counted", () => {
  const count = new SlidingCount(60_000);
  for (let now = 0; now < 400_000; now += 3) {
    count.at(now);
    count.add(now, 1);
  }
  expect(count.entries().length).toBeLessThanOrEqual(SLOTS + 1);
  expect(count.at(400_000)).toBeGreaterThanOrEqual(20_000);
  expect(count.at(400_000)).toBeLessThanOrEqual(20_020);
  expect(count.at(460_061)).toBe(0);
  expect(count.entries()).toEqual([]);
});
