import { afterEach, expect, test, vi } from "vitest";
import { memoryStore } from "./memory-store.js";

afterEach(() => void vi.useRealTimers());

test("of a hundred at once only those are let through that the limit has room for", async () => {
  const store = memoryStore();
  const calls = Array.from({ length: 100 }, (_, i) =>
    store.reserve(`${i}`, [{ purse: "a", limit: 55, amount: 10 }], 1000),
  );
  expect((await Promise.all(calls)).filter((refusal) => refusal === undefined)).toHaveLength(5);
  expect(await store.read(["a"])).toEqual([{ spent: 0, reserved: 50 }]);
});

test("all are reserved or none", async () => {
  const store = memoryStore();
  const wanted = [
    { purse: "a", limit: 10, amount: 5 },
    { purse: "b", limit: 4, amount: 5 },
  ];
  expect(await store.reserve("1", wanted, 1000)).toEqual({ purse: "b", spent: 0, reserved: 0 });
  expect(await store.read(["a", "b"])).toEqual([
    { spent: 0, reserved: 0 },
    { spent: 0, reserved: 0 },
  ]);
});

test("a reservation expires; a settlement that comes after it is still charged", async () => {
  vi.useFakeTimers();
  const store = memoryStore();
  await store.reserve("1", [{ purse: "a", limit: 10, amount: 6 }], 1000);
  vi.advanceTimersByTime(1000);
  expect(await store.read(["a"])).toEqual([{ spent: 0, reserved: 0 }]);
  await store.settle("1", [{ purse: "a", amount: 7 }]);
  expect(await store.read(["a"])).toEqual([{ spent: 7, reserved: 0 }]);
});
