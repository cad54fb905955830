import { type LLMBackend, LLMError, OPTIONAL_CALLS } from "@llmux/core";
import { mockBackend } from "@llmux/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LedgerFailure, WithLedgerOptions } from "./ledger-options.js";
import { MemoryLedger } from "./testing/memory-ledger.js";
import { withLedger } from "./with-ledger.js";

const NOW = Date.UTC(2026, 0, 1, 12);
const usage = {
  inputTokens: { total: 100, cacheRead: 40, cacheWrite: 10 },
  outputTokens: { total: 20, reasoning: 5 },
};
const request = { model: "m", messages: [{ role: "user" as const, content: "a secret question" }] };
const context = { key: "team-a", user: "ann", tags: ["chat", "eu"], session: "s1" };

let memory: MemoryLedger;
beforeEach(() => {
  memory = new MemoryLedger();
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});
const around = <B extends LLMBackend>(backend: B, options: WithLedgerOptions = {}) =>
  withLedger(backend, { ledger: memory.ledger, ...options });

describe("withLedger", () => {
  it("enters all that is known of a call", async () => {
    const attempts = [
      { provider: "a", model: "m", duration: 1, error: { kind: "server" as const, message: "no" } },
      { provider: "b", model: "m", duration: 1 },
    ];
    const llm = around(
      mockBackend(async () => {
        await vi.advanceTimersByTimeAsync(1234);
        return {
          text: "a secret answer",
          usage,
          result: {
            ...{ cost: { total: 0.5, source: "list" as const }, attempts },
            response: { requestId: "req_1", model: "m-2026", headers: { "x-key": "sk-1" } },
          },
        };
      }),
    );
    await llm.generate({ ...request, context, user: "the request's own" });
    expect(memory.rows).toEqual([
      {
        id: expect.stringMatching(/^019b79[0-9a-f]{2}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        ...{
          startedAt: new Date(NOW),
          kind: "generate",
          key: "team-a",
          user: "ann",
          tags: ["chat", "eu"],
          session: "s1",
        },
        ...{ provider: "mock", model: "m", responseModel: "m-2026", requestId: "req_1" },
        ...{ inputTokens: 100, cacheReadTokens: 40, cacheWriteTokens: 10, outputTokens: 20, reasoningTokens: 5 },
        ...{ usageEstimated: false, cost: 0.5, costSource: "list", cached: false, latency: 1234, attempts: 2 },
        ...{ outcome: "ok", finishReason: "stop" },
      },
    ]);
    expect(JSON.stringify(memory.rows)).not.toMatch(/secret|sk-1/);
  });

  it("hands an answer over after its row is written, and not before", async () => {
    const gate = Promise.withResolvers<void>();
    memory.gate = gate.promise;
    let answered = false;
    const call = around(mockBackend("Hello"))
      .generate(request)
      .then(() => {
        answered = true;
      });
    await vi.advanceTimersByTimeAsync(1000);
    expect(answered).toBe(false);
    gate.resolve();
    await call;
    expect(memory.rows).toHaveLength(1);
  });

  it("hands over the very answer, and the very error, its row written", async () => {
    const error = new LLMError({
      ...{ kind: "rate-limit" as const, message: "a secret question is too much", status: 429, requestId: "req_2" },
      ...{ provider: "openai", model: "gpt-4o", attempts: [{ provider: "openai", model: "gpt-4o", duration: 3 }] },
    });
    const llm = around(mockBackend([error, "fine"]));
    await expect(llm.generate({ ...request, user: "bob" })).rejects.toBe(error);
    expect(memory.rows).toMatchObject([
      {
        ...{ outcome: "rate-limit", status: 429, requestId: "req_2", provider: "openai", model: "gpt-4o", attempts: 1 },
        ...{ user: "bob", key: undefined, tags: [], cost: undefined, inputTokens: undefined },
      },
    ]);
    expect(JSON.stringify(memory.rows)).not.toContain("secret");
    await expect(llm.generate(request)).resolves.toMatchObject({ text: "fine" });
  });

  it("enters what a failure cost whose reply came and could not be used", async () => {
    const facts = {
      kind: "malformed-response" as const,
      message: "no JSON",
      provider: "openai",
      model: "gpt-4o",
      usage,
    };
    const price = vi.fn(() => ({ total: 0.25, source: "own" as const }));
    const llm = around(
      mockBackend([new LLMError({ ...facts, cost: { total: 0.5, source: "list" } }), new LLMError(facts)]),
      { price },
    );
    for (const _ of [1, 2]) await expect(llm.generate(request)).rejects.toThrow("no JSON");
    const used = { outcome: "malformed-response", inputTokens: 100, outputTokens: 20, usageEstimated: false };
    expect(memory.rows).toMatchObject([
      { ...used, cost: 0.5, costSource: "list" },
      { ...used, cost: 0.25, costSource: "own" },
    ]);
  });

  it("enters what is thrown and is no LLMError", async () => {
    const backend = mockBackend(() => {
      throw new TypeError("a bug");
    });
    await expect(around(backend).generate(request)).rejects.toThrow(TypeError);
    expect(memory.rows).toMatchObject([{ outcome: "unknown", provider: "mock", model: "m" }]);
  });

  it("enters every call that the backend has, and adds none", async () => {
    const answer = { provider: "p", model: "m", usage: { inputTokens: { total: 7 } }, response: {} };
    const all = Object.fromEntries(OPTIONAL_CALLS.map((name) => [name, async () => answer]));
    const backend = {
      ...mockBackend("Hi"),
      ...all,
      listModels: async () => [],
      countTokens: async () => ({ inputTokens: 3 }),
    };
    const llm = around(backend as unknown as Required<LLMBackend>);
    for (const name of OPTIONAL_CALLS)
      await (llm[name] as (request: object) => Promise<unknown>)({ model: "x", context });
    expect(memory.rows.map(({ kind, inputTokens, outcome }) => [kind, inputTokens, outcome])).toEqual(
      OPTIONAL_CALLS.map((name) => [name, name === "listModels" || name === "countTokens" ? undefined : 7, "ok"]),
    );
    expect(memory.rows.every(({ key }) => key === "team-a")).toBe(true);
    const { embed, ...least } = mockBackend("Hi");
    expect(OPTIONAL_CALLS.filter((name) => around(least as LLMBackend)[name])).toEqual([]);
    await llm.listModels();
    expect(memory.rows).toHaveLength(OPTIONAL_CALLS.length + 1);
  });

  it("enters a hundred calls at once, each once", async () => {
    const llm = around(mockBackend("Hello"));
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => llm.generate({ ...request, context: { session: String(n) } })),
    );
    expect(new Set(memory.rows.map(({ session }) => session)).size).toBe(100);
    expect(new Set(memory.rows.map(({ id }) => id)).size).toBe(100);
  });
});

describe("the cost", () => {
  const price = vi.fn(() => ({ total: 0.25, source: "own" as const }));
  beforeEach(() => price.mockClear());

  it("is not known where nobody says", async () => {
    await around(mockBackend("Hi")).generate(request);
    expect(memory.rows[0]).toMatchObject({ cost: undefined, costSource: undefined });
  });

  it("is reckoned where the answer has none, and only there", async () => {
    const cost = { total: 0.5, source: "provider" as const };
    const llm = around(
      mockBackend([
        { usage, result: { response: { model: "m-2026" } } },
        { usage, result: { cost } },
      ]),
      { price },
    );
    await llm.generate(request);
    await llm.generate(request);
    expect(memory.rows.map((row) => [row.cost, row.costSource])).toEqual([
      [0.25, "own"],
      [0.5, "provider"],
    ]);
    expect(price.mock.calls).toEqual([
      [{ provider: "mock", model: "m", answeredBy: "m-2026", usage, at: new Date(NOW) }],
    ]);
  });

  it("is 0 where a cache answered, whatever it was at first", async () => {
    const cached = { cachedAt: new Date(NOW - 1), cost: { total: 0.5, source: "list" as const } };
    await around(mockBackend({ usage, result: cached }), { price }).generate(request);
    expect(memory.rows[0]).toMatchObject({ cached: true, cost: 0, costSource: undefined, inputTokens: 100 });
    expect(price).not.toHaveBeenCalled();
  });

  it("is not known where reckoning it fails", async () => {
    price.mockImplementationOnce(() => {
      throw new Error("no such model");
    });
    await around(mockBackend({ usage }), { price }).generate(request);
    expect(memory.rows[0]).toMatchObject({ cost: undefined, outcome: "ok" });
  });
});

describe("a ledger that can't be written", () => {
  const failures: LedgerFailure[] = [];
  const onFailure = (failure: LedgerFailure) => {
    failures.push(failure);
    throw new Error("a listener's own failure");
  };
  beforeEach(() => {
    failures.length = 0;
    memory.broken = true;
  });

  it("lets calls go on, and tells", async () => {
    const error = new LLMError({ kind: "server", message: "down" });
    const llm = around(mockBackend(["Hello", error]), { onFailure });
    await expect(llm.generate(request)).resolves.toMatchObject({ text: "Hello" });
    await expect(llm.generate(request)).rejects.toBe(error);
    expect(failures).toMatchObject([
      { kept: true, row: { outcome: "ok" }, error: { name: "LedgerWriteError" } },
      { kept: true, row: { outcome: "server" } },
    ]);
  });

  it("fails calls under failClosed, and makes none while rows wait", async () => {
    const backend = mockBackend("Hello");
    const llm = around(backend, { onFailure, failClosed: true });
    const refused = { kind: "server", retryable: false };
    await expect(llm.generate(request)).rejects.toMatchObject({ ...refused, cause: { kept: true } });
    expect([backend.requests.length, failures.length]).toEqual([1, 1]);
    memory.waiting = 1;
    await expect(llm.generate(request)).rejects.toMatchObject({ ...refused, message: /was not made/ });
    await expect(llm.stream(request)[Symbol.asyncIterator]().next()).rejects.toMatchObject(refused);
    expect(backend.requests.length).toBe(1);
    memory.waiting = 0;
    memory.broken = false;
    await llm.generate(request);
    expect(memory.rows).toHaveLength(1);
  });

  it("does not hide a call's own failure under failClosed", async () => {
    const error = new LLMError({ kind: "timeout", message: "late" });
    await expect(around(mockBackend(error), { failClosed: true }).generate(request)).rejects.toBe(error);
  });
});

it.each(["ledger", "price", "onFailure", "failClosed"])("refuses a senseless %s", (parameter) => {
  expect(() => withLedger(mockBackend(), { [parameter]: "x" })).toThrow(
    expect.objectContaining({ kind: "invalid-request", parameter }),
  );
});
