import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { memoryStore } from "./memory-store.js";
import { storeSuite } from "./testing/store-suite.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

storeSuite(async () => ({ store: memoryStore(), pass: (ms) => void vi.advanceTimersByTime(ms) }));

it("forgets purses whose time is over, and what was held in them", async () => {
  const store = memoryStore();
  const until = Date.now() + 1000;
  await store.reserve("1", [{ purse: "a", limit: 10, amount: 4, until }], 60_000);
  await store.charge("2", [{ purse: "a", amount: 3, until }]);
  await store.charge("3", [{ purse: "b", amount: 3, until: until + 1 }]);
  await store.charge("4", [{ purse: "total", amount: 3 }]);
  vi.advanceTimersByTime(1000);
  expect(await store.read(["a", "b", "total"])).toEqual([
    { spent: 0, reserved: 0 },
    { spent: 3, reserved: 0 },
    { spent: 3, reserved: 0 },
  ]);
  await store.settle("1", [{ purse: "a", amount: 4 }]);
  expect(await store.read(["a"])).toEqual([{ spent: 0, reserved: 0 }]);
});

it("remembers what has lapsed for a week", async () => {
  const store = memoryStore();
  for (const id of ["1", "2"]) await store.reserve(id, [{ purse: "a", limit: 10, amount: 4 }], 1000);
  vi.advanceTimersByTime(1000);
  await store.read([]);
  vi.advanceTimersByTime(7 * 24 * 3_600_000 - 1);
  expect(await store.settle("1", [{ purse: "a", amount: 4 }])).toEqual([{ spent: 4, reserved: 0 }]);
  vi.advanceTimersByTime(1);
  expect(await store.settle("2", [{ purse: "a", amount: 4 }])).toEqual([{ spent: 4, reserved: 0 }]);
});
