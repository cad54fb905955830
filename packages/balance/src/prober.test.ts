import { type GenerateRequest, LLMError } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { balance } from "./balance.js";
import type { Deployment } from "./deployment.js";
import type { ProbeOptions } from "./options.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  // Rests are drawn by lot: from half of their length to all of it.
  vi.spyOn(Math, "random").mockReturnValue(0.9);
  return () => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  };
});

const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "Hi" }] };

function failing(kind: LLMError["kind"], probe: ProbeOptions | true, more: object = {}) {
  let answer: LLMError | string = new LLMError({ kind, message: kind });
  const backend = { ...mockBackend(() => answer), ...more };
  const deployments: Deployment[] = [{ name: "a", backend }];
  const llm = balance({ deployments, probe, breaker: { failures: 1, openFor: 600_000, maxOpenFor: 600_000 } });
  const mend = (): void => {
    answer = "back";
  };
  return { llm, mend, backend, state: () => llm.status()[0]!.state, ask: () => llm.generate(request) };
}

describe("probes", () => {
  it("find one that is back long before its time, which a call then tries", async () => {
    let down = true;
    const listModels = vi.fn(async () => {
      if (down) throw new Error("down");
      return [];
    });
    const { ask, state, mend } = failing("server", { every: 1000 }, { listModels });
    await expect(ask()).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(3500);
    expect([listModels.mock.calls.length, state()]).toEqual([3, "open"]);
    down = false;
    await vi.advanceTimersByTimeAsync(1000);
    expect(state()).toBe("half-open");
    mend();
    expect((await ask()).text).toBe("back");
    expect(state()).toBe("well");
    await vi.advanceTimersByTimeAsync(60_000);
    // One more may have been on its way.
    expect(listModels.mock.calls.length).toBeLessThanOrEqual(5);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("keep calls away while they fail", async () => {
    const { ask, state, backend } = failing("server", {
      every: 1000,
      timeout: 2000,
      probe: () => Promise.reject(new Error("down")),
    });
    await expect(ask()).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(900_000);
    expect(state()).toBe("open");
    await expect(ask()).rejects.toMatchObject({ message: /No deployment/ });
    expect(backend.requests).toHaveLength(1);
  });

  it("ask for one token where there is no list of models", async () => {
    const { ask, state, backend, mend } = failing("server", true);
    await expect(ask()).rejects.toThrow();
    mend();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(backend.requests.at(-1)).toMatchObject({ maxTokens: 1 });
    expect(state()).toBe("half-open");
  });

  it("have failed after a while, and are told to stop", async () => {
    const signals: AbortSignal[] = [];
    const probe = (_: Deployment, signal: AbortSignal): Promise<never> => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const { ask, state } = failing("server", { every: 1000, timeout: 5000, probe });
    await expect(ask()).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(5500);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(signals[0]!.aborted).toBe(true);
    expect(state()).toBe("open");
  });

  it("ask after a refused key, but not after rate limits and quotas, of which they say nothing", async () => {
    const probe = vi.fn(async () => {});
    const refused = failing("authentication", { every: 1000, probe });
    await expect(refused.ask()).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(1000);
    expect(refused.state()).toBe("well");
    for (const kind of ["rate-limit", "quota-exceeded"] as const) {
      const limited = failing(kind, { every: 1000, probe });
      await expect(limited.ask()).rejects.toThrow();
      await vi.advanceTimersByTimeAsync(3000);
      expect(limited.state()).toBe("cooling");
    }
    expect(probe).toHaveBeenCalledTimes(1);
  });

  it("end with the balancer", async () => {
    const probe = vi.fn(async () => {});
    const { ask, llm } = failing("server", { every: 1000, probe });
    await expect(ask()).rejects.toThrow();
    await llm[Symbol.asyncDispose]();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(probe).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
