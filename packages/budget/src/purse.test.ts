import fc from "fast-check";
import { expect, it } from "vitest";
import type { Budget } from "./budget.js";
import type { CallFacts } from "./budgeted-call.js";
import { toPlans } from "./plan.js";
import { keptUntil, pursesOf } from "./purse.js";

const NOON = Date.parse("2024-02-29T12:30:00Z");
const hour: Budget = { limit: { tokens: 1 }, period: "hour" };
const purses = (budget: Partial<Budget>, call: CallFacts, now: number = NOON) =>
  pursesOf(toPlans([{ ...hour, ...budget } as Budget]), call, now);
const values = (budget: Partial<Budget>, call: CallFacts) => purses(budget, call).map(({ value }) => value);

it("has one for each key, user, model or tag, and one for those without", () => {
  const call = { key: "k", user: "u", model: "m", tags: ["a", "b", "a"] };
  expect(values({}, call)).toEqual([undefined]);
  expect(values({ per: "key" }, call)).toEqual(["k"]);
  expect(values({ per: "user" }, call)).toEqual(["u"]);
  expect(values({ per: "model" }, call)).toEqual(["m"]);
  expect(values({ per: "tag" }, call)).toEqual(["a", "b"]);
  for (const per of ["key", "user", "model", "tag"] as const) expect(values({ per }, {})).toEqual([undefined]);
  expect(values({ per: "tag" }, { tags: [] })).toEqual([undefined]);
});

it("has those that a function makes of the call", () => {
  const name = "own";
  expect(values({ name, per: ({ key, model }) => `${key} ${model}` }, { key: "k", model: "m" })).toEqual(["k m"]);
  expect(values({ name, per: ({ tags }) => tags?.slice(1) }, { tags: ["a", "b", "c"] })).toEqual(["b", "c"]);
});

it("refuses a value that no store could keep", () => {
  const parameter = expect.objectContaining({ kind: "invalid-request", parameter: "user" });
  expect(() => values({ per: "user" }, { user: "x".repeat(257) })).toThrow(parameter);
  expect(() => values({ per: "user" }, { user: 7 as never })).toThrow(
    expect.objectContaining({ kind: "invalid-request" }),
  );
});

it("is another in another window, and is kept for an hour after its own", () => {
  const [now] = purses({}, {});
  expect(purses({}, {}, NOON + 60_000)[0]!.name).toBe(now!.name);
  expect(purses({}, {}, NOON + 3_600_000)[0]!.name).not.toBe(now!.name);
  expect(keptUntil(now!)).toBe(Date.parse("2024-02-29T14:00:00Z"));
  const [total] = purses({ period: "total" }, {});
  expect(purses({ period: "total" }, {}, NOON * 2)[0]!.name).toBe(total!.name);
  expect(keptUntil(total!)).toBeUndefined();
});

it("is the same when only the limit has changed", () => {
  expect(purses({ limit: { tokens: 2 } }, {})[0]!.name).toBe(purses({ limit: { tokens: 3 } }, {})[0]!.name);
});

it("has a name that is no other's, and that PostgreSQL can keep", () => {
  const text = fc.string({ unit: "binary", maxLength: 256 });
  const budget = fc.record({ name: fc.string({ minLength: 1, maxLength: 100 }), per: fc.constantFrom("key", "user") });
  fc.assert(
    fc.property(fc.array(fc.tuple(budget, fc.option(text)), { minLength: 2, maxLength: 8 }), (all) => {
      const names = new Map<string, string>();
      for (const [{ name, per }, value] of all) {
        const call = value === null ? {} : { [per]: value };
        const [purse] = purses({ name, per: per as "key" }, call);
        expect(purse!.name).not.toMatch(/\0/);
        expect(purse!.name.isWellFormed()).toBe(true);
        const meant = JSON.stringify([name, per, value]);
        expect(names.get(purse!.name) ?? meant).toBe(meant);
        names.set(purse!.name, meant);
      }
    }),
  );
});
