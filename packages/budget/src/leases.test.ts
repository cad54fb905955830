import { mockBackend } from "@llmux/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryStore } from "./memory-store.js";
import { ask, DELTA, FINISH, START, scripted } from "./testing/calls.js";
import { withBudget } from "./with-budget.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const options = { budgets: [{ limit: { tokens: 1000 }, period: "total" }], lease: 60_000 } as const;

describe("a lease", () => {
  it("goes on as long as the call does, and all share one timer, which ends with them", async () => {
    const store = memoryStore();
    const renew = vi.spyOn(store, "renew");
    const answers: (() => void)[] = [];
    const backend = mockBackend(() => new Promise((resolve) => answers.push(() => resolve("Hi"))));
    const llm = withBudget(backend, { ...options, store });
    const calls = [llm.generate(ask()), llm.generate(ask()), llm.generate(ask())];
    await vi.advanceTimersByTimeAsync(600_000);
    expect(await llm.status()).toMatchObject([{ reserved: 900 }]);
    expect(vi.getTimerCount()).toBe(1);
    expect(renew).toHaveBeenCalledTimes(30);
    expect(renew.mock.lastCall![0]).toHaveLength(3);
    for (const answer of answers) answer();
    await Promise.all(calls);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(vi.getTimerCount()).toBe(0);
    expect(renew).toHaveBeenCalledTimes(30);
  });

  it("ends for a stream that nobody reads any more, and begins anew when it is read again", async () => {
    const llm = withBudget(scripted(START, DELTA, FINISH), options);
    const stream = llm.stream(ask())[Symbol.asyncIterator]();
    await stream.next();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await llm.status()).toMatchObject([{ reserved: 300 }]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await llm.status()).toMatchObject([{ reserved: 0 }]);
    await stream.next();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await llm.status()).toMatchObject([{ reserved: 300 }]);
    await stream.next();
    expect(await llm.status()).toMatchObject([{ spent: 150, reserved: 0 }]);
  });

  it("goes on for a stream that is waited for", async () => {
    const llm = withBudget(
      scripted(START, () => new Promise(() => {})),
      options,
    );
    const stream = llm.stream(ask())[Symbol.asyncIterator]();
    await stream.next();
    void stream.next();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(await llm.status()).toMatchObject([{ reserved: 300 }]);
  });

  it("that ended while the process stood still is charged all the same", async () => {
    let answer = (): void => {};
    const backend = mockBackend(() => new Promise((resolve) => (answer = () => resolve("Hi"))));
    const llm = withBudget(backend, options);
    const call = llm.generate(ask());
    await vi.advanceTimersByTimeAsync(0);
    vi.setSystemTime(Date.now() + 3_600_000);
    expect(await llm.status()).toMatchObject([{ reserved: 0 }]);
    answer();
    const { usage } = await call;
    expect(await llm.status()).toMatchObject([
      { spent: usage.inputTokens.total! + usage.outputTokens.total!, reserved: 0 },
    ]);
  });
});
