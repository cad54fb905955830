import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { deadline } from "./deadline.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("gives the outcome, and leaves no timer", async () => {
  await expect(deadline(Promise.resolve(1), 100, "late")).resolves.toBe(1);
  await expect(deadline(Promise.reject(new Error("no")), 100, "late")).rejects.toThrow("no");
  expect(vi.getTimerCount()).toBe(0);
});

it("fails when the time is over, and what comes after that goes to nobody", async () => {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<void>((_, fail) => {
    reject = fail;
  });
  const waiting = deadline(promise, 100, "late");
  const failing = expect(waiting).rejects.toThrow("late");
  await vi.advanceTimersByTimeAsync(100);
  await failing;
  reject(new Error("nobody hears of it"));
  await vi.advanceTimersByTimeAsync(1);
});
