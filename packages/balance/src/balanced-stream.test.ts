import {
  collect,
  type FinishEvent,
  type GenerateRequest,
  type LLMBackend,
  LLMError,
  type StreamEvent,
} from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { balance } from "./balance.js";
import type { Strategy } from "./strategy.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  return () => vi.useRealTimers();
});

const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "Hi" }] };
const inOrder: Strategy = (candidates) => candidates[0]!;
const fail = (kind: LLMError["kind"], facts: object = {}): LLMError => new LLMError({ kind, message: kind, ...facts });
const START: StreamEvent = { type: "start", provider: "p", model: "m", warnings: [], response: {} };
const FINISH: FinishEvent = {
  type: "finish",
  finishReason: { unified: "stop", raw: "stop" },
  usage: {
    inputTokens: { total: 3, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: 2, reasoning: undefined },
  },
};
const text = (...deltas: string[]): StreamEvent[] => [
  { type: "text-start", id: "0" },
  ...deltas.map((delta) => ({ type: "text-delta" as const, id: "0", delta })),
  { type: "text-end", id: "0" },
];

/** Streams these events, then throws what is an error; a number waits as many milliseconds. */
function scripted(...plans: (StreamEvent | Error | number)[][]): LLMBackend & { begun: number; left: number } {
  const backend = {
    ...mockBackend("whole"),
    begun: 0,
    left: 0,
    async *stream(): AsyncGenerator<StreamEvent, void, void> {
      const plan = plans[Math.min(backend.begun++, plans.length - 1)]!;
      let done = false;
      try {
        for (const step of plan) {
          if (step instanceof Error) {
            done = true;
            throw step;
          }
          if (typeof step === "number") await new Promise((resolve) => setTimeout(resolve, step));
          else yield step;
        }
        done = true;
      } finally {
        if (!done) backend.left += 1;
      }
    },
  };
  return backend;
}

function over(...backends: LLMBackend[]) {
  return balance({
    deployments: backends.map((backend, at) => ({ name: "abcdef"[at]!, backend })),
    strategy: inOrder,
    breaker: { failures: 2 },
  });
}

async function read(stream: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe("a balanced stream", () => {
  it("hands on every event as it is, those of unknown types too, and adds the attempts to the last", async () => {
    const odd = { type: "hologram", id: "7" } as never as StreamEvent;
    const events = [START, ...text("a", "b"), odd, FINISH];
    const llm = over(scripted(events));
    const found = await read(llm.stream(request));
    expect(found).toEqual([
      ...events.slice(0, -1),
      { ...FINISH, attempts: [{ provider: "mock", model: "m", deployment: "a", duration: 0 }] },
    ]);
    expect(found.slice(0, -1).every((event, at) => event === events[at])).toBe(true);
    expect(llm.status()[0]).toMatchObject({ inFlight: 0, calls: 1, failures: 0, latency: { stream: 0 } });
  });

  it("collects to what generate gives", async () => {
    const llm = over(mockBackend({ text: "Hello you", reasoning: "hm" }));
    expect(await collect(llm.stream(request))).toEqual(await llm.generate(request));
  });

  it("begins with its first event before the last has come", async () => {
    const backend = scripted([START, ...text("a"), 60_000, FINISH]);
    const llm = over(backend);
    const iterator = llm.stream(request)[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toBe(START);
    expect((await iterator.next()).value).toMatchObject({ type: "text-start" });
    expect(llm.status()[0]!.inFlight).toBe(1);
    await iterator.return?.();
    expect(backend.left).toBe(1);
    expect(llm.status()[0]!.inFlight).toBe(0);
  });

  it("asks nobody before it is iterated", () => {
    const backend = scripted([START, FINISH]);
    const llm = over(backend);
    llm.stream(request);
    expect([backend.begun, llm.status()[0]!.inFlight]).toEqual([0, 0]);
  });

  it("goes on elsewhere until there is content, as if nothing had been", async () => {
    const llm = over(
      scripted([fail("connection")]),
      scripted([START, fail("overloaded")]),
      scripted([START, ...text("c"), FINISH]),
    );
    const events = await read(llm.stream(request));
    expect(events.filter(({ type }) => type === "start")).toHaveLength(1);
    expect((events.at(-1) as FinishEvent).attempts).toMatchObject([
      { deployment: "a", error: { kind: "connection" } },
      { deployment: "b", error: { kind: "overloaded" } },
      { deployment: "c" },
    ]);
    expect(llm.status().map(({ state, inFlight }) => [state, inFlight])).toEqual([
      ["well", 0],
      ["cooling", 0],
      ["well", 0],
    ]);
  });

  it("fails where it is cut after content, with the attempts, and thinks worse of the deployment", async () => {
    const cut = fail("connection", { requestId: "r" });
    const backend = scripted([START, ...text("half"), cut]);
    const llm = over(backend, scripted([START, FINISH]));
    for (let call = 0; call < 2; call++) {
      const error = await collect(llm.stream(request)).catch((thrown: LLMError) => thrown);
      expect(error).toMatchObject({
        kind: "connection",
        requestId: "r",
        partial: { text: "half" },
        attempts: [{ deployment: "a", error: { kind: "connection" } }],
      });
    }
    // One in a row each, since content had come in between.
    expect(llm.status()[0]).toMatchObject({ state: "well", failures: 2, inFlight: 0 });
  });

  it("fails at its first event when all rest", async () => {
    const llm = over(scripted([fail("rate-limit", { retryAfter: 3000 })]));
    await expect(read(llm.stream(request))).rejects.toMatchObject({ kind: "rate-limit", retryAfter: 3000 });
    const stream = llm.stream(request)[Symbol.asyncIterator]();
    await expect(stream.next()).rejects.toMatchObject({ kind: "rate-limit", message: /No deployment/ });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it("leaves what it is waiting for, and tells that it is over", async () => {
    const hanging: LLMBackend & { returned: number } = {
      ...mockBackend(),
      returned: 0,
      stream: () => {
        let end: (result: IteratorResult<StreamEvent, undefined>) => void;
        const iterator = {
          [Symbol.asyncIterator]: () => iterator,
          next: () => new Promise<IteratorResult<StreamEvent, undefined>>((resolve) => (end = resolve)),
          return: async () => {
            hanging.returned += 1;
            end({ done: true, value: undefined });
            return { done: true as const, value: undefined };
          },
        };
        return iterator;
      },
    };
    const llm = over(hanging, scripted([START, FINISH]));
    const stream = llm.stream(request)[Symbol.asyncIterator]();
    const waiting = stream.next();
    expect(llm.status()[0]!.inFlight).toBe(1);
    await stream.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(hanging.returned).toBe(1);
    expect(llm.status().map(({ inFlight, calls, failures }) => [inFlight, calls, failures])).toEqual([
      [0, 1, 0],
      [0, 0, 0],
    ]);
  });

  it("is over at once where it is left before it began", async () => {
    const backend = scripted([START, FINISH]);
    const stream = over(backend).stream(request)[Symbol.asyncIterator]();
    await stream.return?.();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(backend.begun).toBe(0);
  });

  it("keeps the tries that policies inside tell of at the end", async () => {
    const inner = [
      { provider: "p", model: "m", error: { kind: "server" as const, message: "x" }, duration: 1 },
      { provider: "p", model: "m", duration: 2 },
    ];
    const llm = over(scripted([fail("server")]), scripted([START, ...text("x"), { ...FINISH, attempts: inner }]));
    const { attempts } = await collect(llm.stream(request));
    expect(attempts?.map(({ deployment, duration }) => [deployment, duration])).toEqual([
      ["a", 0],
      ["b", 1],
      ["b", 2],
    ]);
  });

  it("remembers what start and finish tell: rate limits, tokens and costs", async () => {
    const headers = { "x-ratelimit-limit-requests": "100", "x-ratelimit-remaining-requests": "25" };
    const paid: FinishEvent = { ...FINISH, cost: { total: 0.5, source: "list" } };
    const seen: (number | undefined)[][] = [];
    const llm = balance({
      deployments: [
        { name: "a", backend: scripted([{ ...START, response: { headers } } as StreamEvent, ...text("x"), paid]) },
        { name: "b", backend: scripted([START, FINISH]) },
      ],
      strategy: (candidates, asked, { now }) => {
        seen.push(
          candidates.map((each) => each.remaining(now)),
          candidates.map((each) => each.costPerToken(asked)),
        );
        return candidates[0]!;
      },
    });
    await read(llm.stream(request));
    await read(llm.stream(request));
    expect(seen.slice(2)).toEqual([
      [0.25, undefined],
      [0.1, undefined],
    ]);
  });

  it("ends with the caller's abort, goes nowhere else, and blames nobody", async () => {
    const backend = scripted([fail("aborted")]);
    const other = scripted([START, FINISH]);
    const llm = over(backend, other);
    await expect(read(llm.stream({ ...request, signal: AbortSignal.abort() }))).rejects.toMatchObject({
      kind: "aborted",
    });
    expect([other.begun, llm.status()[0]!.state]).toEqual([0, "well"]);
  });

  it("keeps count of a hundred at once that are read, left and cut", async () => {
    const plan = [START, ...text("a", "b", "c"), FINISH];
    const cut = [START, ...text("a"), fail("connection")];
    const llm = balance({
      deployments: ["a", "b", "c"].map((name, at) => ({ name, backend: scripted(...(at ? [plan] : [plan, cut])) })),
      breaker: false,
    });
    await Promise.allSettled(
      Array.from({ length: 100 }, async (_, at) => {
        for await (const event of llm.stream(request)) if (at % 3 === 0 && event.type === "text-delta") break;
      }),
    );
    expect(llm.status().map(({ inFlight }) => inFlight)).toEqual([0, 0, 0]);
    expect(llm.status().reduce((sum, { calls }) => sum + calls, 0)).toBe(100);
  });
});
