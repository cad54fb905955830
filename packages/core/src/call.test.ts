import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Call } from "./call.js";
import { Limits } from "./limits.js";
import type { Timeouts } from "./request.js";
import { countedSignal, errorOf, failure, never } from "./testing/fakes.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function limited(timeouts: Timeouts, signal?: AbortSignal): Call {
  const call = new Call(signal);
  if (!call.failure) new Limits(call, timeouts);
  return call;
}

describe("Call", () => {
  it("gives what the promise gives", async () => {
    const call = limited({ total: 10, firstEvent: 5 });
    expect(await call.race(Promise.resolve(1), "answer")).toBe(1);
    await expect(call.race(Promise.reject(new Error("no")), "answer")).rejects.toThrow("no");
    call.end();
    expect(call.signal.aborted).toBe(false);
  });

  it("ends a wait on an abort, at once and whatever the promise does", async () => {
    const { controller, listeners } = countedSignal();
    const call = limited({ total: 10, firstEvent: 5 }, controller.signal);
    const failed = errorOf(call.race(never, "answer"));
    expect(listeners()).toBe(1);
    controller.abort(new Error("left"));
    const error = await failed;
    expect(error).toMatchObject({ kind: "aborted", retryable: false, cause: { message: "left" } });
    expect(call.failure).toBe(error);
    expect(call.signal.reason).toBe(error);
    expect(listeners()).toBe(0);
    expect((await errorOf(call.race(Promise.resolve(1), "answer"))).kind).toBe("aborted");
  });

  it("knows a signal that had fired before", async () => {
    const call = limited({ total: 10 }, AbortSignal.abort());
    expect(call.signal.aborted).toBe(true);
    expect((await errorOf(call.race(never, "answer"))).kind).toBe("aborted");
    call.end();
  });

  it("passes on the reason where it is one of ours", async () => {
    const reason = failure("budget-exceeded");
    const call = new Call(AbortSignal.abort(reason));
    expect(call.failure).toBe(reason);
  });

  it("limits a step and the whole call, whichever comes first, and says which", async () => {
    const step = limited({ total: 100, firstEvent: 30 });
    const first = errorOf(step.race(never, "first event"));
    await vi.advanceTimersByTimeAsync(30);
    expect(await first).toMatchObject({
      kind: "timeout",
      retryable: true,
      message: "Timed out after 30 ms (first event)",
    });
    const whole = limited({ total: 100, betweenEvents: 90 });
    await whole.race(vi.advanceTimersByTimeAsync(80), "between events");
    const second = errorOf(whole.race(never, "between events"));
    await vi.advanceTimersByTimeAsync(20);
    expect(await second).toMatchObject({ message: "Timed out after 100 ms (whole call)" });
  });

  it.each([Number.NaN, -1, "5s"])("is over before it begins where a limit is %s", async (limit) => {
    const call = limited({ firstEvent: limit as number });
    expect(call.failure).toMatchObject({ kind: "invalid-request", parameter: "timeout.firstEvent", retryable: false });
    expect(await errorOf(call.race(never, "answer"))).toBe(call.failure);
  });

  it("does not overflow a timer", async () => {
    const call = limited({ total: 2 ** 40 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(call.failure).toBeUndefined();
    call.end();
  });

  it("lets go of timers and listeners when it ends", () => {
    const { controller, listeners } = countedSignal();
    const call = limited({ total: 10, firstEvent: 5 }, controller.signal);
    void call.race(never, "answer");
    expect(vi.getTimerCount()).toBe(2);
    call.end();
    expect(vi.getTimerCount()).toBe(0);
    expect(listeners()).toBe(0);
    controller.abort();
    expect(call.failure).toBeUndefined();
  });

  it("ends the wait with what it waits for when it is cancelled", async () => {
    const call = new Call(undefined);
    const wait = call.race(never, "answer").catch(() => "over");
    call.end(true);
    expect(await wait).toBe("over");
    expect(call.signal.aborted).toBe(true);
  });
});
