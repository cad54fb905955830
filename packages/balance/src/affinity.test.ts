import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashOf, rendezvous, type Seat } from "./affinity.js";

const seat = (name: string, weight = 1, inFlight = 0): Seat & { name: string } => ({
  name,
  weight,
  inFlight,
  hash: hashOf(name),
});
const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), {
  minLength: 2,
  maxLength: 10,
  selector: hashOf,
});

describe("rendezvous", () => {
  it("gives a key always to the same, in whatever order they stand", () => {
    fc.assert(
      fc.property(names, fc.string(), (list, key) => {
        const seats = list.map((name) => seat(name));
        expect(rendezvous(key, [...seats].reverse(), 1.25).name).toBe(rendezvous(key, seats, 1.25).name);
      }),
    );
  });

  it("moves only the keys of the one that goes or comes", () => {
    fc.assert(
      fc.property(names, fc.nat(), (list, at) => {
        const seats = list.map((name) => seat(name));
        const gone = seats[at % seats.length]!;
        const others = seats.filter((each) => each !== gone);
        for (let key = 0; key < 50; key++) {
          const before = rendezvous(`session ${key}`, seats, 1.25);
          if (before !== gone) expect(rendezvous(`session ${key}`, others, 1.25)).toBe(before);
        }
      }),
    );
  });

  it("spreads keys by weight", () => {
    const seats = [seat("a"), seat("b", 2), seat("c", 3), seat("d", 4), seat("none", 0)];
    const counts = new Map<string, number>();
    for (let key = 0; key < 20_000; key++) {
      const { name } = rendezvous(`session ${key}`, seats, 1.25);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    expect(counts.get("none")).toBeUndefined();
    for (const [name, share] of [
      ["a", 0.1],
      ["b", 0.2],
      ["c", 0.3],
      ["d", 0.4],
    ] as const)
      expect(Math.abs(counts.get(name)! / 20_000 - share)).toBeLessThan(0.02);
  });

  it("passes over one that has much more than its share, and comes back to it", () => {
    const quiet = ["a", "b", "c"].map((name) => seat(name, 1, 10));
    const home = rendezvous("session", quiet, 1.25);
    const busy = quiet.map((each) => (each.name === home.name ? { ...each, inFlight: 40 } : each));
    expect(rendezvous("session", busy, 1.25).name).not.toBe(home.name);
    expect(rendezvous("session", busy, 10).name).toBe(home.name);
  });

  it("does not mind a few calls, and has an answer when all are busy", () => {
    const few = ["a", "b", "c"].map((name) => seat(name));
    const home = rendezvous("session", few, 1);
    expect(
      rendezvous(
        "session",
        few.map((each) => (each.name === home.name ? { ...each, inFlight: 7 } : each)),
        1,
      ).name,
    ).toBe(home.name);
    fc.assert(
      fc.property(names, fc.array(fc.nat(1000), { minLength: 10, maxLength: 10 }), (list, busy) => {
        const seats = list.map((name, at) => seat(name, 1, busy[at]));
        const calls = seats.reduce((sum, { inFlight }) => sum + inFlight, 1);
        const chosen = rendezvous("session", seats, 1.25);
        expect(chosen.inFlight).toBeLessThan(Math.max(8, Math.ceil((1.25 * calls) / seats.length)));
      }),
    );
  });
});
