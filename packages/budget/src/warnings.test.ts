import { mockBackend } from "@llmux/testkit";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { memoryStore } from "./memory-store.js";
import { ask, usageOf } from "./testing/calls.js";
import { withBudget } from "./with-budget.js";

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2024-02-29T12:00:00Z") }));
afterEach(() => void vi.useRealTimers());

const backend = mockBackend({ text: "Hi", usage: usageOf(100, 0) });
const calls = async (count: number, llm: { generate(request: object): Promise<unknown> }, key = "a"): Promise<void> => {
  for (let call = 0; call < count; call++) await llm.generate(ask({ key }, { maxTokens: 0 }));
};

it("warns of a purse when its share is spent, once in its window", async () => {
  const onWarning = vi.fn();
  const llm = withBudget(backend, { budgets: [{ limit: { tokens: 1000 }, per: "key", period: "hour" }], onWarning });
  await calls(7, llm);
  expect(onWarning).not.toHaveBeenCalled();
  await calls(2, llm);
  expect(onWarning.mock.calls).toEqual([
    [
      {
        ...{ type: "share", share: 0.8, budget: "tokens per key an hour", per: "key", value: "a", unit: "tokens" },
        ...{ limit: 1000, spent: 800, reserved: 0, left: 200, resetsAt: new Date("2024-02-29T13:00:00Z") },
      },
    ],
  ]);
  await calls(9, llm, "b");
  expect(onWarning).toHaveBeenCalledTimes(2);
  vi.setSystemTime(new Date("2024-02-29T13:00:00Z"));
  await calls(10, llm);
  expect(onWarning).toHaveBeenCalledTimes(3);
});

it("warns at a budget's own share before that of the options", async () => {
  const onWarning = vi.fn();
  const tokens = { limit: { tokens: 1000 } };
  const llm = withBudget(backend, {
    budgets: [
      { ...tokens, period: "hour", warnAt: 0.1 },
      { ...tokens, period: "day" },
    ],
    warnAt: 0.3,
    onWarning,
  });
  await calls(4, llm);
  expect(onWarning.mock.calls.map(([{ budget, spent }]) => [budget, spent])).toEqual([
    ["tokens an hour", 100],
    ["tokens a day", 300],
  ]);
});

it("does not warn of a limit of nothing, of which nothing was spent", async () => {
  const onWarning = vi.fn();
  const budgets = [{ limit: { tokens: 0 }, period: "hour" as const }];
  const free = mockBackend({ text: "Hi", usage: usageOf(0, 0) });
  await calls(1, withBudget(free, { budgets, estimate: () => ({ tokens: 0 }), onWarning }));
  expect(onWarning).not.toHaveBeenCalled();
});

it("warns in each process that shares a purse, and ignores what the listener throws", async () => {
  const store = memoryStore();
  const told: string[] = [];
  const processOf = (name: string) =>
    withBudget(backend, {
      budgets: [{ limit: { tokens: 500 }, period: "hour" }],
      store,
      onWarning: () => {
        told.push(name);
        throw new Error("ignored");
      },
    });
  const [one, two] = [processOf("one"), processOf("two")];
  await calls(4, one);
  await calls(1, two);
  expect(told).toEqual(["one", "two"]);
});
