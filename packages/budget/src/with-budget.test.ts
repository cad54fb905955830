import { LLMError } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryStore } from "./memory-store.js";
import type { BudgetOptions } from "./options.js";
import { answered, budgeted, dayUSD, exceededBy } from "./testing/budgeted.js";
import { ask, dollars, usageOf } from "./testing/calls.js";
import { withBudget } from "./with-budget.js";

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2024-02-29T12:00:00Z") }));
afterEach(() => void vi.useRealTimers());

describe("a call", () => {
  it("is charged what it cost, by the price of what it used", async () => {
    const llm = budgeted([dayUSD(5), { limit: { tokens: 1000 }, period: "total" }]);
    expect((await llm.generate(ask())).text).toBe("Hi");
    expect(await llm.status()).toMatchObject([
      {
        budget: "usd a day",
        unit: "usd",
        limit: 5,
        spent: 0.18,
        reserved: 0,
        left: 4.82,
        resetsAt: new Date("2024-03-01"),
      },
      {
        budget: "tokens in total",
        unit: "tokens",
        limit: 1000,
        spent: 150,
        reserved: 0,
        left: 850,
        resetsAt: undefined,
      },
    ]);
  });

  it("is charged the cost that its answer carries, rather than the price", async () => {
    const cost = { total: 0.25, source: "provider" as const };
    const llm = budgeted([dayUSD(5)], mockBackend({ ...answered, result: { cost } }));
    await llm.generate(ask());
    expect(await llm.status()).toMatchObject([{ spent: 0.25 }]);
  });

  it("costs nothing where a cache answers", async () => {
    const result = { cachedAt: new Date(), cost: { total: 9, source: "list" as const } };
    const llm = budgeted([dayUSD(5), { limit: { tokens: 1000 }, period: "day" }], mockBackend({ ...answered, result }));
    await llm.generate(ask());
    expect(await llm.status()).toMatchObject([
      { spent: 0, reserved: 0 },
      { spent: 0, reserved: 0 },
    ]);
  });

  it("is charged what was expected where the answer does not say what it used", async () => {
    const backend = mockBackend({ text: "Hi", usage: usageOf(undefined, undefined) });
    const llm = budgeted([dayUSD(5), { limit: { tokens: 1000 }, period: "day" }], backend);
    await llm.generate(ask());
    expect(await llm.status()).toMatchObject([{ spent: 0.5 }, { spent: 300 }]);
  });

  it("is held at its estimate while it is under way", async () => {
    let answer: () => void = () => {};
    const waits = new Promise<void>((resolve) => (answer = resolve));
    const llm = budgeted(
      [dayUSD(1)],
      mockBackend(async () => waits.then(() => answered)),
    );
    const calls = [llm.generate(ask()), llm.generate(ask())];
    await vi.waitFor(async () => expect(await llm.status()).toMatchObject([{ spent: 0, reserved: 1, left: 0 }]));
    await expect(llm.generate(ask())).rejects.toEqual(
      exceededBy("usd a day", { limit: 1, spent: 0, reserved: 1, needed: 0.5, unit: "usd", model: "m" }),
    );
    answer();
    await Promise.all(calls);
    expect(await llm.status()).toMatchObject([{ spent: 0.36, reserved: 0 }]);
  });

  it("is not made where too little is left, and neither are those of a hundred at once that are too many", async () => {
    const backend = mockBackend({ text: "Hi", usage: usageOf(100, 200) });
    const llm = budgeted([dayUSD(5)], backend);
    const calls = await Promise.allSettled(Array.from({ length: 100 }, () => llm.generate(ask())));
    expect(calls.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
    expect(backend.requests).toHaveLength(10);
    expect(await llm.status()).toMatchObject([{ spent: 5, left: 0 }]);
  });

  it("is made again in the next window", async () => {
    const llm = budgeted([dayUSD(0.5)]);
    await llm.generate(ask());
    await expect(llm.generate(ask())).rejects.toEqual(exceededBy("usd a day", { resetsAt: new Date("2024-03-01") }));
    vi.setSystemTime(new Date("2024-03-01"));
    await llm.generate(ask());
    expect(await llm.status()).toMatchObject([{ spent: 0.18 }]);
  });

  it("is charged to the window in which it began", async () => {
    const store = memoryStore();
    const llm = budgeted(
      [dayUSD(5)],
      mockBackend(async () => {
        vi.setSystemTime(new Date("2024-03-01T00:00:01Z"));
        return answered;
      }),
      { store },
    );
    await llm.generate(ask());
    expect(await llm.status()).toMatchObject([{ spent: 0 }]);
    vi.setSystemTime(new Date("2024-02-29T23:00:00Z"));
    expect(await llm.status()).toMatchObject([{ spent: 0.18 }]);
  });

  it("goes through untouched where no budget is for it", async () => {
    const llm = budgeted([dayUSD(0, { for: { keys: ["a"] } })]);
    await llm.generate(ask({ key: "b" }));
    await llm.generate(ask());
    await expect(llm.generate(ask({ key: "a" }))).rejects.toEqual(exceededBy("usd a day"));
  });
});

describe("purses", () => {
  it("are apart for each key, and one for those without", async () => {
    const llm = budgeted([dayUSD(0.6, { per: "key" })]);
    await llm.generate(ask({ key: "a" }));
    await llm.generate(ask({ key: "b" }));
    await llm.generate(ask());
    await expect(llm.generate(ask({ key: "a" }))).rejects.toEqual(
      exceededBy("usd per key a day", { per: "key", value: "a" }),
    );
    await expect(llm.generate(ask())).rejects.toEqual(exceededBy("usd per key a day", { value: undefined }));
    expect(await llm.status({ key: "b" })).toMatchObject([{ per: "key", value: "b", spent: 0.18 }]);
    expect(await llm.status({ key: "c" })).toMatchObject([{ spent: 0 }]);
  });

  it("of all tags of a call must have room, and all are charged", async () => {
    const llm = budgeted([dayUSD(1, { per: "tag" })]);
    await llm.generate(ask({ tags: ["x", "y"] }));
    await llm.generate(ask({ tags: ["x"] }));
    await llm.generate(ask({ tags: ["x"] }));
    await expect(llm.generate(ask({ tags: ["y", "x"] }))).rejects.toEqual(
      exceededBy("usd per tag a day", { value: "x" }),
    );
    expect(await llm.status({ tags: ["y", "x"] })).toMatchObject([
      { value: "y", spent: 0.18, reserved: 0 },
      { value: "x", spent: 0.54, reserved: 0 },
    ]);
  });

  it("go by the context's user before the request's own", async () => {
    const llm = budgeted([dayUSD(5, { per: "user" })]);
    await llm.generate(ask({ user: "one" }, { user: "other" }));
    await llm.generate(ask({}, { user: "other" }));
    expect(await llm.status({ user: "one" })).toMatchObject([{ spent: 0.18 }]);
    expect(await llm.status({ user: "other" })).toMatchObject([{ spent: 0.18 }]);
  });

  it("are shared by backends that share a store", async () => {
    const store = memoryStore();
    const [one, other] = [budgeted([dayUSD(5)], undefined, { store }), budgeted([dayUSD(7)], undefined, { store })];
    await one.generate(ask());
    expect(await other.status()).toMatchObject([{ limit: 7, spent: 0.18 }]);
  });
});

describe("budgets that are looked up", () => {
  it("are asked for with what is known of the call, for each of them", async () => {
    const limits: Record<string, number> = { a: 0.5, b: 5 };
    const budgets = vi.fn(async ({ key = "" }) => [dayUSD(limits[key] ?? 0, { name: "gateway", per: "key" })]);
    const llm = withBudget(mockBackend(answered), { budgets, price: dollars });
    await llm.generate(ask({ key: "a", tags: ["t"] }));
    expect(budgets).toHaveBeenLastCalledWith(expect.objectContaining({ key: "a", tags: ["t"], model: "m" }));
    await expect(llm.generate(ask({ key: "a" }))).rejects.toEqual(exceededBy("gateway"));
    limits.a = 2;
    await llm.generate(ask({ key: "a" }));
    expect(await llm.status({ key: "a" })).toMatchObject([{ limit: 2, spent: 0.36 }]);
  });

  it("end the call where they can't be looked up or make no sense", async () => {
    const backend = mockBackend(answered);
    const lost = new Error("no database");
    const llm = (budgets: () => never) => withBudget(backend, { budgets, price: dollars });
    await expect(
      llm(() => {
        throw lost;
      }).generate(ask()),
    ).rejects.toBe(lost);
    await expect(llm(() => [{ period: "week" }] as never).generate(ask())).rejects.toMatchObject({
      parameter: "budgets[0].period",
    });
    expect(backend.requests).toEqual([]);
  });
});

it.each<[string, unknown]>([
  ["budgets", 7],
  ["store", {}],
  ["price", "list"],
  ["estimate", 1],
  ["model", 1],
  ["onWarning", true],
  ["onAway", {}],
  ["onBack", 1],
  ["unknownPrice", "zero"],
  ["onStoreFailure", "maybe"],
  ["outputTokens", -1],
  ["warnAt", 2],
  ["lease", 1],
  ["storeTimeout", 0.5],
])("refuses %s where it makes no sense", (parameter, value) => {
  const options = { budgets: [dayUSD(1)], price: dollars, [parameter]: value } as BudgetOptions;
  expect(() => withBudget(mockBackend(), options)).toThrow(
    expect.objectContaining({ kind: "invalid-request", parameter }),
  );
});

it("refuses a budget in money without anything that knows prices", () => {
  expect(() => withBudget(mockBackend(), { budgets: [dayUSD(1)] })).toThrow(
    expect.objectContaining({ parameter: "price" }),
  );
  withBudget(mockBackend(), { budgets: [dayUSD(1)], unknownPrice: "allow" });
});

it("refuses an estimate that is none", async () => {
  const llm = budgeted([dayUSD(1)], undefined, { estimate: () => ({ usd: Number.NaN }) });
  await expect(llm.generate(ask())).rejects.toMatchObject({ kind: "invalid-request", parameter: "estimate" });
});

it("leaves requests that make no sense to the backend, and is charged nothing for them", async () => {
  const refusal = new LLMError({ kind: "invalid-request", message: "no messages" });
  const llm = budgeted([dayUSD(5, { per: "tag" })], { ...mockBackend(), generate: () => Promise.reject(refusal) });
  for (const request of [{}, { messages: 1 }, { messages: [null] }, { ...ask(), maxTokens: "many" }])
    await expect(llm.generate({ model: "m", ...request } as never)).rejects.toBe(refusal);
  expect(await llm.status()).toMatchObject([{ spent: 0, reserved: 0 }]);
  await expect(llm.generate(ask({ tags: "x" as never }))).rejects.toMatchObject({ parameter: "context.tags" });
});
