import type { LLMBackend } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BudgetOptions } from "./options.js";
import { ask, usageOf } from "./testing/calls.js";
import { FlakyStore } from "./testing/flaky-store.js";
import { withBudget } from "./with-budget.js";

let store: FlakyStore;
beforeEach(() => {
  vi.useFakeTimers();
  store = new FlakyStore();
});
afterEach(() => void vi.useRealTimers());

const answered = { text: "Hi", usage: usageOf(100, 50) };
function budgeted(
  onStoreFailure: "open" | "closed",
  backend: LLMBackend = mockBackend(answered),
  more: Partial<BudgetOptions> = {},
) {
  const [onAway, onBack] = [vi.fn(), vi.fn()];
  const options = { store, onStoreFailure, onAway, onBack, storeTimeout: 1000, ...more };
  const llm = withBudget(backend, { budgets: [{ limit: { tokens: 1000 }, period: "total" }], ...options });
  return { llm, onAway, onBack };
}

describe.each(["failing", "hung"] as const)("with a store that is %s", (state) => {
  /** Makes a call; a store that gives no answer takes as long as it may. */
  const outcome = async (llm: LLMBackend): Promise<unknown> => {
    const call = llm.generate(ask()).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(state === "hung" ? 1000 : 0);
    return call;
  };

  it("closed: refuses calls, without asking the store for each, until it is back", async () => {
    const backend = mockBackend(answered);
    const { llm, onAway, onBack } = budgeted("closed", backend);
    store.state = state;
    expect(await outcome(llm)).toMatchObject({
      kind: "server",
      retryable: true,
      message: expect.stringMatching(
        /^The call was not made, since the budgets can't be read: (no route|no answer within 1000 ms)/,
      ),
    });
    await expect(llm.generate(ask())).rejects.toMatchObject({ kind: "server" });
    expect(store.asked).toEqual(["reserve"]);
    expect(backend.requests).toEqual([]);
    expect(onAway).toHaveBeenCalledTimes(1);
    store.state = "well";
    await vi.advanceTimersByTimeAsync(500);
    expect(onBack).toHaveBeenCalledTimes(1);
    await llm.generate(ask());
    expect(await llm.status()).toMatchObject([{ spent: 150, reserved: 0 }]);
  });

  it("open: lets calls go on up to the limit, and charges them when it is back", async () => {
    const { llm, onBack } = budgeted("open");
    await llm.generate(ask());
    store.state = state;
    for (let call = 0; call < 5; call++) expect(await outcome(llm)).toMatchObject({ text: "Hi" });
    // By what this process alone has used meanwhile.
    expect(await outcome(llm)).toMatchObject({ kind: "budget-exceeded", spent: 750, needed: 300 });
    await vi.advanceTimersByTimeAsync(5000);
    expect(onBack).not.toHaveBeenCalled();
    store.state = "well";
    await vi.advanceTimersByTimeAsync(2000);
    expect(onBack).toHaveBeenCalledTimes(1);
    expect(await llm.status()).toMatchObject([{ spent: 900, reserved: 0 }]);
    await expect(llm.generate(ask())).rejects.toMatchObject({ kind: "budget-exceeded", spent: 900 });
  });

  it.each(["open", "closed"] as const)(
    "%s: hands the answer over whose settlement fails, and charges it later, once",
    async (mode) => {
      const backend = mockBackend(() => {
        store.state = state;
        return answered;
      });
      const { llm } = budgeted(mode, backend);
      expect(await outcome(llm)).toMatchObject({ text: "Hi" });
      await vi.advanceTimersByTimeAsync(3000);
      store.state = "well";
      await vi.advanceTimersByTimeAsync(2000);
      expect(await llm.status()).toMatchObject([{ spent: 150, reserved: 0 }]);
    },
  );

  it("hands over the finish of a stream all the same", async () => {
    const { llm } = budgeted("closed");
    const events: string[] = [];
    const reading = (async () => {
      for await (const { type } of llm.stream(ask())) {
        events.push(type);
        store.state = state;
      }
    })();
    await vi.advanceTimersByTimeAsync(1000);
    await reading;
    expect(events.at(-1)).toBe("finish");
  });

  it("frees what was reserved for a call that was not made, as soon as it is back", async () => {
    const { llm } = budgeted("closed");
    store.state = state;
    await outcome(llm);
    store.state = "well";
    await vi.advanceTimersByTimeAsync(500);
    expect(await llm.status()).toMatchObject([{ spent: 0, reserved: 0 }]);
  });

  it("says so where purses can't be read", async () => {
    const { llm } = budgeted("closed");
    store.state = state;
    const status = llm.status().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await status).toMatchObject({ kind: "server", message: expect.stringContaining("can't be read") });
  });

  it("brings what is owed when it is closed, and says so where it can't", async () => {
    const { llm } = budgeted("open");
    store.state = state;
    await outcome(llm);
    const closing = llm.close().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await closing).toMatchObject({ kind: "server", message: expect.stringContaining("could not be charged") });
    store.state = "well";
    await llm.close();
    expect(await llm.status()).toMatchObject([{ spent: 150, reserved: 0 }]);
    await llm[Symbol.asyncDispose]();
    expect(vi.getTimerCount()).toBe(0);
  });
});

it("shows no password of an address", async () => {
  const { llm, onAway } = budgeted("closed");
  store.state = "failing";
  const error = (await llm.generate(ask()).catch((thrown: unknown) => thrown)) as Error;
  const status = (await llm.status().catch((thrown: unknown) => thrown)) as Error;
  for (const each of [error, status, onAway.mock.calls[0]![0] as Error]) {
    expect(each.message).toContain("redis://***@host:6379");
    expect(`${each.stack} ${JSON.stringify(each)} ${String(each.cause)}`).not.toContain("secret");
  }
});

it("ignores what listeners throw", async () => {
  const fail = () => {
    throw new Error("listener");
  };
  const { llm } = budgeted("open", undefined, { onAway: fail, onBack: fail });
  store.state = "failing";
  expect(await llm.generate(ask())).toMatchObject({ text: "Hi" });
  store.state = "well";
  await vi.advanceTimersByTimeAsync(1000);
  expect(await llm.status()).toMatchObject([{ spent: 150 }]);
});

it("charges a thousand settlements that waited", async () => {
  let answer = (): void => {};
  const waits = new Promise<void>((resolve) => (answer = resolve));
  const backend = mockBackend(async () => waits.then(() => answered));
  const llm = withBudget(backend, { budgets: [{ limit: { tokens: 1e9 }, period: "total" }], store });
  const calls = Array.from({ length: 1000 }, () => llm.generate(ask()));
  await vi.waitFor(async () => expect(await llm.status()).toMatchObject([{ reserved: 300_000 }]));
  store.state = "failing";
  answer();
  await Promise.all(calls);
  store.state = "well";
  await vi.advanceTimersByTimeAsync(500);
  expect(await llm.status()).toMatchObject([{ spent: 150_000, reserved: 0 }]);
});
