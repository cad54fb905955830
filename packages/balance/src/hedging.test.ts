import { type GenerateRequest, type LLMBackend, LLMError, type StreamEvent } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { balance } from "./balance.js";
import type { BalancePolicy, HedgeNotice } from "./options.js";
import { Quantile } from "./quantile.js";
import type { Strategy } from "./strategy.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  return () => vi.useRealTimers();
});

const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "Hello you" }] };
const inOrder: Strategy = (candidates) => candidates[0]!;

/** Answers after so many milliseconds with its name, or fails; keeps to the signal, and counts what was aborted. */
function timed(
  name: string,
  waits: number[] | number,
  error?: LLMError,
): LLMBackend & { begun: number; aborted: number } {
  const mock = mockBackend(name, { provider: name });
  const wait = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const milliseconds = typeof waits === "number" ? waits : waits[Math.min(backend.begun, waits.length - 1)]!;
      backend.begun += 1;
      const timer = setTimeout(() => (error ? reject(error) : resolve()), milliseconds);
      signal?.addEventListener("abort", () => {
        backend.aborted += 1;
        clearTimeout(timer);
        reject(new LLMError({ kind: "aborted", message: "aborted", cause: signal.reason }));
      });
    });
  const backend = {
    ...mock,
    begun: 0,
    aborted: 0,
    async generate(asked: GenerateRequest) {
      await wait(asked.signal);
      return mock.generate({ ...asked, signal: undefined });
    },
    async *stream(asked: GenerateRequest): AsyncGenerator<StreamEvent> {
      await wait(asked.signal);
      yield* mock.stream({ ...asked, signal: undefined });
    },
  };
  return backend;
}

function over(policy: BalancePolicy, ...backends: LLMBackend[]) {
  const notices: HedgeNotice[] = [];
  const llm = balance({
    deployments: backends.map((backend) => ({ name: backend.provider, backend, costPerToken: 0.01 })),
    strategy: inOrder,
    onHedge: (notice) => notices.push(notice),
    ...policy,
  });
  const ask = async (): Promise<{ text: string; attempts: unknown }> => {
    const answer = llm.generate(request);
    answer.catch(() => {});
    await vi.advanceTimersByTimeAsync(100_000);
    const { text, attempts } = await answer;
    return { text, attempts };
  };
  return { llm, ask, notices };
}

describe("hedging", () => {
  it("does nothing for calls that are quick", async () => {
    const [a, b] = [timed("a", 99), timed("b", 10)];
    const { ask, notices, llm } = over({ hedge: { after: 100 } }, a, b);
    expect((await ask()).text).toBe("a");
    expect([b.begun, notices, llm.status()[0]!.inFlight]).toEqual([0, [], 0]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("begins a second try where the first takes long; the first to answer wins and the other is cancelled", async () => {
    const [a, b] = [timed("a", 1000), timed("b", 50)];
    const { ask, notices, llm } = over({ hedge: { after: 100 } }, a, b);
    expect(await ask()).toEqual({
      text: "b",
      attempts: [
        {
          provider: "a",
          model: "m",
          deployment: "a",
          duration: 150,
          error: { kind: "aborted", message: "Another deployment answered first" },
        },
        { provider: "b", model: "m", deployment: "b", duration: 50 },
      ],
    });
    expect([a.aborted, b.aborted]).toEqual([1, 0]);
    expect(notices).toMatchObject([
      { deployment: "b", outcome: "begun" },
      { deployment: "a", outcome: "lost", cost: 0.07 },
    ]);
    expect(llm.status().map(({ inFlight, state, failures }) => [inFlight, state, failures])).toEqual([
      [0, "well", 0],
      [0, "well", 0],
    ]);
  });

  it("lets the first win where it is the sooner after all", async () => {
    const [a, b] = [timed("a", 120), timed("b", 50)];
    const { ask } = over({ hedge: { after: 100 } }, a, b);
    expect((await ask()).text).toBe("a");
    expect([a.aborted, b.aborted]).toEqual([0, 1]);
  });

  it("goes on with the one that is left when another fails, and fails only when all have", async () => {
    const down = new LLMError({ kind: "server", message: "down" });
    const slow = over({ hedge: { after: 100 }, maxTries: 2 }, timed("a", 500), timed("b", 50, down));
    expect((await slow.ask()).text).toBe("a");
    const all = over({ hedge: { after: 100 }, maxTries: 2 }, timed("a", 500, down), timed("b", 900, down));
    await expect(all.ask()).rejects.toMatchObject({
      kind: "server",
      attempts: [{ deployment: "a" }, { deployment: "b" }],
    });
    expect(all.llm.status().map(({ failures, inFlight }) => [failures, inFlight])).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  it("begins as many as it may, with the same wait before each", async () => {
    const backends = ["a", "b", "c", "d"].map((name) => timed(name, 1000));
    const { ask, notices } = over({ hedge: { after: 100, max: 2 }, maxTries: 5 }, ...backends);
    await ask();
    expect(backends.map(({ begun }) => begun)).toEqual([1, 1, 1, 0]);
    expect(notices.filter(({ outcome }) => outcome === "lost")).toHaveLength(2);
  });

  it("hedges no more than its share", async () => {
    const [a, b] = [timed("a", 1000), timed("b", 1000)];
    const { ask } = over({ hedge: { after: 100, share: 0.25 } }, a, b);
    for (let call = 0; call < 100; call++) await ask();
    // Ten at once, and one for every four calls.
    expect(b.begun).toBeGreaterThanOrEqual(33);
    expect(b.begun).toBeLessThanOrEqual(36);
  });

  it("goes by what is slow of late", async () => {
    const [a, b] = [timed("a", [...Array.from({ length: 40 }, () => 100), 5000]), timed("b", 10)];
    const { ask } = over({ hedge: { after: "p95" } }, a, b);
    for (let call = 0; call < 40; call++) expect((await ask()).text).toBe("a");
    expect(b.begun).toBe(0);
    const { text, attempts } = await ask();
    expect(text).toBe("b");
    expect((attempts as { duration: number }[])[0]!.duration).toBeLessThan(130);
  });

  it("does so for streams, whose first content decides", async () => {
    const [a, b] = [timed("a", 1000), timed("b", 50)];
    const { llm } = over({ hedge: { after: 100 } }, a, b);
    const events: StreamEvent[] = [];
    const reading = (async () => {
      for await (const event of llm.stream(request)) events.push(event);
    })();
    await vi.advanceTimersByTimeAsync(5000);
    await reading;
    expect(events[0]).toMatchObject({ type: "start", provider: "b" });
    expect(events.filter(({ type }) => type === "start")).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({
      attempts: [{ deployment: "a", error: { kind: "aborted" } }, { deployment: "b" }],
    });
    expect(a.aborted).toBe(1);
    expect(llm.status().map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });

  it("ends all with the caller's abort", async () => {
    const [a, b] = [timed("a", 1000), timed("b", 1000)];
    const { llm } = over({ hedge: { after: 100 } }, a, b);
    const caller = new AbortController();
    const answer = llm.generate({ ...request, signal: caller.signal });
    answer.catch(() => {});
    await vi.advanceTimersByTimeAsync(200);
    caller.abort();
    await expect(answer).rejects.toMatchObject({ kind: "aborted" });
    expect([a.aborted, b.aborted]).toEqual([1, 1]);
    expect(llm.status().map(({ inFlight, failures }) => [inFlight, failures])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends all where a stream is left while they race", async () => {
    const [a, b] = [timed("a", 1000), timed("b", 1000)];
    const { llm } = over({ hedge: { after: 100 } }, a, b);
    const stream = llm.stream(request)[Symbol.asyncIterator]();
    const waiting = stream.next();
    await vi.advanceTimersByTimeAsync(200);
    await stream.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect([a.aborted, b.aborted]).toEqual([1, 1]);
    expect(llm.status().map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });

  it("counts what a loser says that it cost, where it answers all the same", async () => {
    const deaf = mockBackend(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        return { text: "late", result: { cost: { total: 0.5, source: "list" } } };
      },
      { provider: "deaf" },
    );
    const { ask, notices, llm } = over({ hedge: { after: 100 } }, deaf, timed("b", 50));
    expect((await ask()).text).toBe("b");
    expect(notices.at(-1)).toMatchObject({ deployment: "deaf", outcome: "lost", cost: 0.5 });
    expect(llm.status()[0]!.inFlight).toBe(0);
  });
});

describe("Quantile", () => {
  it("says nothing until it knows enough, is a tenth off at most, and follows what changes", () => {
    const p90 = new Quantile(0.9);
    for (let value = 1; value < 20; value++) p90.measure(value * 10);
    expect(p90.value).toBeUndefined();
    for (let value = 20; value <= 1000; value++) p90.measure(value * 10);
    expect(p90.value).toBeGreaterThanOrEqual(9000);
    expect(p90.value).toBeLessThan(9900);
    for (let call = 0; call < 8000; call++) p90.measure(50);
    expect(p90.value).toBeLessThan(60);
    p90.measure(0);
    p90.measure(Number.MAX_SAFE_INTEGER);
  });
});
