import { createHash } from "node:crypto";
import { type LLMBackend, LLMError } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type BatchInput, runBatch } from "./index.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  // The real one takes time off the fake clock.
  vi.spyOn(crypto.subtle, "digest").mockImplementation(
    async (_, data) =>
      new Uint8Array(
        createHash("sha256")
          .update(data as Uint8Array)
          .digest(),
      ).buffer,
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const list = (count: number): BatchInput[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `r${index}`,
    request: { model: "m", messages: [{ role: "user", content: `q${index}` }] },
  }));

const answering = mockBackend(() => ({ text: "a" }));

/** Runs a batch on a clock that goes as fast as it can. */
async function runOnFakeTime(backend: LLMBackend, count: number): Promise<{ seconds: number; concurrency: number }> {
  const begun = Date.now();
  const batch = runBatch(backend, list(count));
  let over = false;
  const run = (async () => {
    for await (const { error } of batch) if (error) throw error;
  })().finally(() => {
    over = true;
  });
  while (!over) await vi.advanceTimersByTimeAsync(10);
  await run;
  return { seconds: (Date.now() - begun) / 1000, concurrency: batch.report.concurrency ?? 0 };
}

describe("a provider that bears so many at once", () => {
  it("is left at about its limit, with one wait for all", async () => {
    let underWay = 0;
    let refused = 0;
    const backend: LLMBackend = {
      ...answering,
      async generate(request) {
        if (underWay >= 20) {
          refused += 1;
          throw new LLMError({ kind: "rate-limit", message: "slow", retryAfter: 500 });
        }
        underWay += 1;
        await new Promise((resolve) => setTimeout(resolve, 100));
        underWay -= 1;
        return answering.generate(request);
      },
    };
    const { concurrency } = await runOnFakeTime(backend, 3000);
    expect(concurrency).toBeGreaterThanOrEqual(9);
    expect(concurrency).toBeLessThanOrEqual(21);
    expect(refused).toBeLessThan(150);
  });
});

/** A provider of so many requests a second, with as many saved up. */
class Bucket {
  refused = 0;
  #level: number;
  #at = Date.now();

  constructor(
    readonly perSecond: number,
    readonly size: number,
    readonly tells: boolean,
  ) {
    this.#level = size;
  }

  readonly backend: LLMBackend = {
    ...answering,
    generate: async (request) => {
      const now = Date.now();
      this.#level = Math.min(this.size, this.#level + ((now - this.#at) / 1000) * this.perSecond);
      this.#at = now;
      if (this.#level < 1) {
        this.refused += 1;
        throw new LLMError({ kind: "rate-limit", message: "slow" });
      }
      this.#level -= 1;
      const headers = {
        "x-ratelimit-limit-requests": `${this.size}`,
        "x-ratelimit-remaining-requests": `${Math.floor(this.#level)}`,
        "x-ratelimit-reset-requests": `${Math.ceil(((this.size - this.#level) / this.perSecond) * 1000)}ms`,
      };
      await new Promise((resolve) => setTimeout(resolve, 200));
      const result = await answering.generate(request);
      return this.tells ? { ...result, response: { ...result.response, headers } } : result;
    },
  };
}

describe("a provider of so many a second", () => {
  it("is asked no faster where its headers say how much is left", async () => {
    const told = new Bucket(20, 40, true);
    const { seconds } = await runOnFakeTime(told.backend, 600);
    const untold = new Bucket(20, 40, false);
    await runOnFakeTime(untold.backend, 600);
    expect(told.refused).toBe(0);
    expect(untold.refused).toBeGreaterThan(0);
    // 560 beyond what is saved up take 28 seconds at the least.
    expect(seconds).toBeLessThan(30);
  });
});
