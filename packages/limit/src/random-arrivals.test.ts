import { collect, isLLMError } from "@llmux/core";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryLimiter } from "./memory-limiter.js";
import { slotLength } from "./sliding-count.js";
import { mostInAnyWindow } from "./testing/brute-force.js";
import { ask, SlowBackend } from "./testing/slow-backend.js";
import { SlowStore } from "./testing/slow-store.js";
import { withLimit } from "./with-limit.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Arrival {
  gap: number;
  key: string;
  takes: number;
  tokens: number;
  abortAfter: number | undefined;
  stream: boolean;
}

const arrival = fc.record<Arrival>({
  gap: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 })),
  key: fc.constantFrom("a", "b", "c"),
  takes: fc.integer({ min: 0, max: 600 }),
  tokens: fc.integer({ min: 1, max: 50 }),
  abortAfter: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 900 }) },
  ),
  stream: fc.boolean(),
});

/** Plays arrivals on virtual time to their end. */
async function play(
  arrivals: readonly Arrival[],
  call: (one: Arrival, signal: AbortSignal | undefined) => Promise<unknown>,
): Promise<PromiseSettledResult<unknown>[]> {
  const calls: Promise<PromiseSettledResult<unknown>[]>[] = [];
  for (const one of arrivals) {
    await vi.advanceTimersByTimeAsync(one.gap);
    const controller = one.abortAfter === undefined ? undefined : new AbortController();
    if (controller) setTimeout(() => controller.abort(), one.abortAfter);
    calls.push(Promise.allSettled([call(one, controller?.signal)]));
  }
  await vi.advanceTimersByTimeAsync(600_000);
  return (await Promise.all(calls)).flat();
}

describe("random arrivals", () => {
  it("break no limit in any window, end all of them, and leave no trace, also when they are aborted at random", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { minLength: 20, maxLength: 80 }),
        fc.constantFrom(300, 1000, 1700),
        async (arrivals, window) => {
          const slow = new SlowBackend();
          const limiter = new MemoryLimiter();
          const llm = withLimit(slow.backend, {
            limiter,
            limits: [
              { requests: 6, tokens: 120, window, parallel: 4 },
              { requests: 3, window, parallel: 2, per: "key" },
            ],
            estimate: ({ request }) => Number(/\d+/.exec(String((request as any).messages[0].content))![0]),
            maxWait: 500_000,
          });
          const outcomes = await play(arrivals, (one, signal) => {
            const request = ask(`${one.tokens} tokens`, { seed: one.takes, signal, context: { key: one.key } });
            return one.stream ? collect(llm.stream(request)) : llm.generate(request);
          });
          for (const outcome of outcomes)
            if (outcome.status === "rejected") expect(isLLMError(outcome.reason, "aborted"), outcome.reason).toBe(true);
          const requests = slow.begun.map(({ at, key }) => ({ at, key, amount: 1 }));
          expect(mostInAnyWindow(requests, window)).toBeLessThanOrEqual(6);
          for (const key of ["a", "b", "c"])
            expect(
              mostInAnyWindow(
                requests.filter((one) => one.key === key),
                window,
              ),
            ).toBeLessThanOrEqual(3);
          const tokens = slow.begun.map(({ at, text }) => ({ at, amount: Number.parseInt(text, 10) }));
          expect(mostInAnyWindow(tokens, window)).toBeLessThanOrEqual(120);
          expect(slow.most).toBeLessThanOrEqual(4);
          expect(slow.begun.length).toBeGreaterThanOrEqual(
            arrivals.filter((one) => one.abortAfter === undefined).length,
          );
          // Nothing waits, nothing is held, nothing is remembered, no timer runs.
          expect(limiter.size).toBe(0);
          expect(vi.getTimerCount()).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("let nobody wait while there is room for it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { minLength: 10, maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        async (arrivals, limit) => {
          const window = 500;
          const slow = new SlowBackend();
          const llm = withLimit(slow.backend, { limits: [{ requests: limit, window }], maxWait: 500_000 });
          const came: number[] = [];
          await play(
            arrivals.map((one) => ({ ...one, abortAfter: undefined })),
            (one) => {
              came.push(performance.now());
              return llm.generate(ask("Hi", { seed: one.takes, context: { key: one.key } }));
            },
          );
          // One after the other as early as the limit allows: when it came, or when the one that made room for it had left the window.
          const earliest: number[] = [];
          for (const [place, { at }] of slow.begun.entries()) {
            const made = earliest[place - limit];
            earliest.push(at);
            const may = Math.max(came[place]!, earliest[place - 1] ?? 0, made === undefined ? 0 : made + window);
            expect(at).toBeLessThanOrEqual(may + slotLength(window) + 1);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("break no limit of a store that is far away, and leave no trace in it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { minLength: 20, maxLength: 80 }),
        fc.integer({ min: 0, max: 1e9 }),
        async (arrivals, seed) => {
          const window = 1000;
          const slow = new SlowBackend();
          const store = new SlowStore(seed);
          const llm = withLimit(slow.backend, {
            limiter: store,
            limits: [
              { requests: 6, tokens: 120, window, parallel: 4 },
              { requests: 3, window, parallel: 2, per: "key" },
            ],
            estimate: ({ request }) => Number.parseInt(String((request as any).messages[0].content), 10),
            maxWait: 500_000,
          });
          const outcomes = await play(arrivals, (one, signal) => {
            const request = ask(`${one.tokens} tokens`, { seed: one.takes, signal, context: { key: one.key } });
            return one.stream ? collect(llm.stream(request)) : llm.generate(request);
          });
          for (const outcome of outcomes)
            if (outcome.status === "rejected") expect(isLLMError(outcome.reason, "aborted"), outcome.reason).toBe(true);
          const taken = [...store.taken].map(([{ at }, claims]) => ({ at, claims }));
          const amounts = (kind: string) =>
            taken.map(({ at, claims }) => ({ at, amount: claims.find((claim) => claim.kind === kind)!.amount }));
          expect(mostInAnyWindow(amounts("requests"), window)).toBeLessThanOrEqual(6);
          expect(mostInAnyWindow(amounts("tokens"), window)).toBeLessThanOrEqual(120);
          expect(slow.most).toBeLessThanOrEqual(4);
          // Every call that was made had room, and all room was given to a call.
          expect(slow.begun.length).toBeLessThanOrEqual(taken.length);
          expect(store.inner.size).toBe(0);
          expect(vi.getTimerCount()).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });
});
