import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { Budget } from "./budget.js";
import type { CallFacts } from "./budgeted-call.js";
import { toPlans } from "./plan.js";

const day: Budget = { limit: { usd: 1 }, period: "day" };
const accepts = (budget: Partial<Budget>, call: CallFacts): boolean =>
  toPlans([{ ...day, ...budget }])[0]!.accepts(call);

test.each<[unknown, string]>([
  [undefined, "budgets"],
  [[null], "budgets[0]"],
  [[day, { ...day, name: "b", period: "week" }], "budgets[1].period"],
  [[{ ...day, per: "team" }], "budgets[0].per"],
  [[{ ...day, limit: undefined }], "budgets[0].limit"],
  [[{ ...day, limit: { usd: 1, tokens: 1 } }], "budgets[0].limit"],
  [[{ ...day, limit: { usd: -1 } }], "budgets[0].limit.usd"],
  [[{ ...day, limit: { usd: "5" } }], "budgets[0].limit.usd"],
  [[{ ...day, limit: { usd: 9_007_200 } }], "budgets[0].limit.usd"],
  [[{ ...day, limit: { tokens: Number.NaN } }], "budgets[0].limit.tokens"],
  [[{ ...day, warnAt: 0 }], "budgets[0].warnAt"],
  [[{ ...day, warnAt: 1.1 }], "budgets[0].warnAt"],
  [[{ ...day, name: "" }], "budgets[0].name"],
  [[{ ...day, name: "x".repeat(101) }], "budgets[0].name"],
  [[{ ...day, per: () => "a" }], "budgets[0].name"],
  [[day, { ...day, for: { keys: ["a"] } }], "budgets[1].name"],
  [[{ ...day, for: [] }], "budgets[0].for"],
  [[{ ...day, for: { keys: "a" } }], "budgets[0].for.keys"],
  [[{ ...day, for: { models: [1] } }], "budgets[0].for.models"],
])("%j is refused for %s", (budgets, parameter) => {
  expect(() => toPlans(budgets as Budget[])).toThrow(expect.objectContaining({ kind: "invalid-request", parameter }));
});

it("names budgets after what they are", () => {
  const budgets: Budget[] = [
    day,
    { limit: { tokens: 5 }, period: "hour", per: "user" },
    { limit: { usd: 5 }, period: "total" },
    { ...day, name: "own" },
  ];
  expect(toPlans(budgets).map(({ name }) => name)).toEqual([
    "usd a day",
    "tokens per user an hour",
    "usd in total",
    "own",
  ]);
});

describe("for", () => {
  it("takes calls that fit all that is named", () => {
    const budget = { for: { keys: ["a", "b"], models: ["openai/*", "gpt-4o"], tags: ["prod"] } };
    expect(accepts(budget, { key: "a", model: "openai/gpt-4o", tags: ["x", "prod"] })).toBe(true);
    expect(accepts(budget, { key: "c", model: "openai/gpt-4o", tags: ["prod"] })).toBe(false);
    expect(accepts(budget, { key: "a", model: "gpt-4o-mini", tags: ["prod"] })).toBe(false);
    expect(accepts(budget, { key: "a", model: "gpt-4o", tags: [] })).toBe(false);
    expect(accepts(budget, { key: "a", model: "gpt-4o" })).toBe(false);
    expect(accepts(budget, {})).toBe(false);
    expect(accepts({ for: { users: ["u"] } }, { user: "u" })).toBe(true);
    expect(accepts({ for: { users: ["u"] } }, { key: "u" })).toBe(false);
    expect(accepts({}, {})).toBe(true);
  });

  it("takes * for any characters, and nothing else for more than itself", () => {
    const models = { for: { models: ["*/gpt-4.1*"] } };
    expect(accepts(models, { model: "openai/gpt-4.1-mini" })).toBe(true);
    expect(accepts(models, { model: "openai/gpt-4x1" })).toBe(false);
    expect(accepts({ for: { models: ["*"] } }, { model: "a\nb" })).toBe(true);
  });

  it("finds what a regular expression would find", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
    fc.assert(
      fc.property(text, fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 }), (pattern, model) => {
        const expression = new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
        expect(accepts({ for: { models: [pattern] } }, { model })).toBe(expression.test(model));
      }),
      { numRuns: 1000 },
    );
  });
});
