import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { random, recut } from "./random.ts";

describe("random", () => {
  it("repeats itself by its seed, and differs by another", () => {
    const draw = (seed: number) => Array.from({ length: 5 }, random(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it("stays within [0, 1)", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const value = random(seed)();
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(1);
      }),
    );
  });
});

describe("recut", () => {
  const bytes = fc.uint8Array({ maxLength: 500 });

  it("joins to the whole again, with no piece empty or too long", () => {
    fc.assert(
      fc.property(bytes, fc.integer(), fc.integer({ min: 1, max: 80 }), (whole, seed, longest) => {
        const pieces = recut(whole, seed, longest);
        expect(Buffer.concat(pieces)).toEqual(Buffer.from(whole));
        for (const { length } of pieces) expect(length > 0 && length <= longest).toBe(true);
      }),
    );
  });

  it("cuts differently by another seed, single bytes among the pieces", () => {
    const whole = new Uint8Array(2_000);
    const lengths = (seed: number) => recut(whole, seed).map(({ length }) => length);
    expect(lengths(1)).toEqual(lengths(1));
    expect(lengths(1)).not.toEqual(lengths(2));
    expect(lengths(1)).toContain(1);
    expect(Math.max(...lengths(1))).toBeGreaterThan(1);
  });
});
