import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RedisLink } from "./redis-link.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("asks one that is away for nothing but whether it is back, and not again before that has an answer", async () => {
  const asked: string[] = [];
  let answer: () => Promise<unknown> = () => new Promise(() => {});
  const run = (_: string, keys: number, ...args: unknown[]) => {
    asked.push(args[keys] as string);
    return answer();
  };
  const [away, back] = [vi.fn(), vi.fn()];
  const link = new RedisLink({ eval: run, evalsha: run }, 500, "probe", away, back);
  const both = Promise.allSettled([link.ask("take", [], {}), link.ask("take", [], {})]);
  await vi.advanceTimersByTimeAsync(499);
  expect(link.away).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(link.away).toBe(true);
  expect(away).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(25_000);
  expect(asked).toEqual(["take", "take", "probe"]);
  // One that has no answer for half a minute never will.
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked.slice(2)).toEqual(["probe", "probe"]);
  answer = () => Promise.reject(new Error("refused"));
  await vi.advanceTimersByTimeAsync(35_000);
  expect(asked.length).toBeGreaterThan(5);
  expect(back).not.toHaveBeenCalled();
  answer = () => Promise.resolve([]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(back).toHaveBeenCalledTimes(1);
  expect(link.away).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});

it("looks for nothing when it is closed", async () => {
  const run = vi.fn(() => Promise.reject(new Error("refused")));
  const link = new RedisLink(
    { eval: run, evalsha: run },
    500,
    "probe",
    () => {},
    () => {},
  );
  await expect(link.ask("take", [], {})).rejects.toThrow("refused");
  link.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(run).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});
