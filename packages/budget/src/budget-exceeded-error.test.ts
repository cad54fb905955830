import { isLLMError, LLMError, withErrorFacts } from "@llmux/core";
import { describe, expect, it } from "vitest";
import { type BudgetExceeded, BudgetExceededError, isBudgetExceeded } from "./budget-exceeded-error.js";

const facts: BudgetExceeded = {
  ...{ budget: "team", per: "key", value: "a", unit: "usd", limit: 5, spent: 4.98, reserved: 0.01, needed: 0.0525 },
  resetsAt: new Date("2024-03-01T00:00:00Z"),
};

describe("the error of a budget that has too little left", () => {
  it("says which, how much and when it resets", () => {
    expect(new BudgetExceededError(facts).message).toBe(
      'The budget "team" of key "a" has too little left: $4.98 of $5.00 spent and $0.01 held for calls under way, and this call may need $0.0525; it resets at 2024-03-01T00:00:00.000Z',
    );
    const total = { ...facts, value: undefined, reserved: 0, unit: "tokens", resetsAt: undefined } as const;
    expect(new BudgetExceededError({ ...total, limit: 5, spent: 5, needed: 7 }).message).toBe(
      'The budget "team" of calls without a key has too little left: 5 tokens of 5 tokens spent, and this call may need 7 tokens; it does not reset',
    );
    expect(new BudgetExceededError({ ...facts, per: undefined }).message).toContain('"team" has');
    expect(new BudgetExceededError({ ...facts, per: "custom", value: "a b" }).message).toContain('"team" of "a b" has');
  });

  it("is of its own kind, and not to be tried again", () => {
    const error = new BudgetExceededError(facts);
    expect(isLLMError(error, "budget-exceeded")).toBe(true);
    expect(error).toMatchObject({ ...facts, name: "BudgetExceededError", retryable: false });
    expect(error.toJSON()).toMatchObject(facts);
  });

  it("is recognised in another copy of the package, and after a policy has added to it", () => {
    const error = new BudgetExceededError(facts);
    class BudgetExceededErrorOfACopy extends LLMError {}
    const copy = new BudgetExceededErrorOfACopy({ kind: "budget-exceeded", message: "of a copy", ...facts } as never);
    for (const each of [error, copy, withErrorFacts(error, { provider: "p" })]) {
      expect(isBudgetExceeded(each)).toBe(true);
      expect(each).toMatchObject({ limit: 5, resetsAt: facts.resetsAt });
    }
  });

  it("is not taken for another", () => {
    const other = new LLMError({ kind: "budget-exceeded", message: "somebody else's" });
    for (const each of [other, new Error("no"), undefined, { ...facts }]) expect(isBudgetExceeded(each)).toBe(false);
  });
});
