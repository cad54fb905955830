import fc from "fast-check";
import { expect, it } from "vitest";
import type { Entry } from "./entry.js";
import { QuestionIndex, unitVector } from "./question-index.js";

const entry = (size = 100): Entry => ({ call: "generate", at: 0, until: Number.POSITIVE_INFINITY, answer: {}, size });
const vector = fc
  .array(fc.integer({ min: -9, max: 9 }), { minLength: 7, maxLength: 7 })
  .filter((values) => values.some((value) => value !== 0));
const unit = (values: number[]): Float32Array => unitVector(Float32Array.from(values))!;

it("finds the nearest, as the plain formula has it", () => {
  fc.assert(
    fc.property(
      fc.array(vector, { minLength: 1, maxLength: 20 }),
      vector,
      fc.constantFrom(0.01, 0.5, 0.95),
      (all, asked, threshold) => {
        const index = new QuestionIndex(100, 1e6);
        const entries = all.map((values) => {
          const added = entry();
          index.add("g", unit(values), added);
          return added;
        });
        const near = all.map((values) => {
          const product = values.reduce((sum, value, at) => sum + value * asked[at]!, 0);
          return product / Math.hypot(...values) / Math.hypot(...asked);
        });
        const best = Math.max(...near);
        const found = index.find("g", unit(asked), threshold);
        // Where rounding decides, either is right.
        if (Math.abs(best - threshold) < 1e-5) return;
        expect(found !== undefined).toBe(best > threshold);
        if (!found) return;
        expect(found.similarity).toBeCloseTo(best, 5);
        expect(near[entries.indexOf(found.entry)]).toBeCloseTo(best, 5);
        expect(index.find("other", unit(asked), threshold)).toBeUndefined();
      },
    ),
  );
});

it("holds so many and so much, and lets go of what was not used for longest", () => {
  const index = new QuestionIndex(2, 10_000);
  const [a, b, c] = [unit([1, 0, 0]), unit([0, 1, 0]), unit([0, 0, 1])] as const;
  index.add("g", a, entry());
  index.add("g", b, entry());
  expect(index.find("g", a, 0.9)).toBeDefined();
  index.add("h", c, entry());
  expect(["g", "h"].map((group) => [a, b, c].map((each) => index.find(group, each, 0.9) !== undefined))).toEqual([
    [true, false, false],
    [false, false, true],
  ]);
  index.add("g", b, entry(20_000));
  expect(index.find("g", b, 0.9)).toBeUndefined();
  index.add("g", b, entry(9_900));
  expect([index.find("g", b, 0.9) !== undefined, index.find("h", c, 0.9)]).toEqual([true, undefined]);
});
