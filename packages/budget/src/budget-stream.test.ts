import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type LLMBackend, LLMError, type StreamEvent, type Usage } from "@llmux/core";
import { describe, expect, it, vi } from "vitest";
import type { BudgetStore } from "./budget-store.js";
import { memoryStore } from "./memory-store.js";
import { ask, DELTA, dollars, FINISH, START, scripted } from "./testing/calls.js";
import { withBudget } from "./with-budget.js";

const budgeted = (backend: LLMBackend, store: BudgetStore = memoryStore()) =>
  withBudget(backend, { budgets: [{ limit: { usd: 1 }, period: "day" }], price: dollars, store });
const never = (): Promise<void> => new Promise(() => {});
const purse = async (llm: { status(): Promise<unknown> }): Promise<unknown> => {
  const [{ spent, reserved }] = (await llm.status()) as [{ spent: number; reserved: number }];
  return { spent, reserved };
};
async function read(stream: AsyncIterable<StreamEvent>, until = "never"): Promise<string[]> {
  const seen: string[] = [];
  for await (const { type } of stream) {
    seen.push(type);
    if (type === until) break;
  }
  return seen;
}

describe("a stream", () => {
  it("reserves when it is begun, and is settled before its finish is handed over", async () => {
    const llm = budgeted(scripted(START, DELTA, FINISH));
    const stream = llm.stream(ask());
    expect(await purse(llm)).toEqual({ spent: 0, reserved: 0 });
    const seen: [string, unknown][] = [];
    for await (const { type } of stream) seen.push([type, await purse(llm)]);
    expect(seen).toEqual([
      ["start", { spent: 0, reserved: 0.5 }],
      ["text-delta", { spent: 0, reserved: 0.5 }],
      ["finish", { spent: 0.18, reserved: 0 }],
    ]);
    expect(await purse(llm)).toEqual({ spent: 0.18, reserved: 0 });
  });

  it("is refused when it is begun, and asks no one", async () => {
    const backend = scripted(START, FINISH);
    const llm = budgeted(backend);
    const stream = llm.stream(ask({}, { maxTokens: 900 }));
    await expect(read(stream)).rejects.toMatchObject({ kind: "budget-exceeded", needed: 1.9 });
    expect(await read(stream)).toEqual([]);
    expect(backend.log).toEqual([]);
  });

  it("is charged the cost that its finish carries, and nothing where a cache answered", async () => {
    const cost = { total: 0.3, source: "list" as const };
    const llm = budgeted(scripted(START, { ...FINISH, cost } as StreamEvent));
    await read(llm.stream(ask()));
    expect(await purse(llm)).toEqual({ spent: 0.3, reserved: 0 });
    const cached = budgeted(scripted(START, { ...FINISH, cost, cachedAt: new Date() } as StreamEvent));
    await read(cached.stream(ask()));
    expect(await purse(cached)).toEqual({ spent: 0, reserved: 0 });
  });

  it("of a cache costs nothing where it is left or cut either", async () => {
    const cachedAt = new Date();
    const error = new LLMError({ kind: "connection", message: "cut" });
    for (const rest of [[DELTA, DELTA, FINISH], [DELTA, error], [never]]) {
      const llm = budgeted(scripted({ ...START, cachedAt } as StreamEvent, ...rest));
      await read(llm.stream(ask()), rest.length > 1 ? "text-delta" : "start").catch(() => {});
      expect(await purse(llm)).toEqual({ spent: 0, reserved: 0 });
    }
  });

  it("is charged what its error says that it used, where it came whole and could not be used", async () => {
    const usage = (FINISH as { usage: Usage }).usage;
    const facts = { kind: "malformed-response" as const, message: "no JSON", provider: "mock", model: "m", usage };
    const llm = budgeted(scripted(START, DELTA, new LLMError(facts)));
    await expect(read(llm.stream(ask()))).rejects.toThrow("no JSON");
    expect(await purse(llm)).toEqual({ spent: 0.18, reserved: 0 });
    const priced = budgeted(scripted(START, DELTA, new LLMError({ ...facts, cost: { total: 0.25, source: "list" } })));
    await expect(read(priced.stream(ask()))).rejects.toThrow("no JSON");
    expect(await purse(priced)).toEqual({ spent: 0.25, reserved: 0 });
  });

  it("is charged what came where it is left", async () => {
    const backend = scripted(START, DELTA, DELTA, never);
    const llm = budgeted(backend);
    await read(llm.stream(ask()), "text-delta");
    expect(await purse(llm)).toEqual({ spent: 0.12, reserved: 0 });
    expect(backend.log).toEqual(["begun", "ended"]);
  });

  it("is charged what came where it is cut, and hands the error over", async () => {
    const error = new LLMError({ kind: "connection", message: "cut" });
    const llm = budgeted(scripted(START, DELTA, DELTA, error));
    await expect(read(llm.stream(ask()))).rejects.toBe(error);
    expect(await purse(llm)).toEqual({ spent: 0.14, reserved: 0 });
  });

  it("is charged nothing where it is cut before its first content", async () => {
    const llm = budgeted(scripted(START, new LLMError({ kind: "overloaded", message: "busy" })));
    await expect(read(llm.stream(ask()))).rejects.toMatchObject({ kind: "overloaded" });
    await read(budgeted(scripted(START)).stream(ask()));
    expect(await purse(llm)).toEqual({ spent: 0, reserved: 0 });
  });

  it("hands over that the one behind can't be left, after it is charged", async () => {
    const error = new Error("stuck");
    const next = scripted(START, DELTA).stream(ask())[Symbol.asyncIterator]();
    const stream = { next: () => next.next(), return: () => Promise.reject(error) };
    const store = memoryStore();
    const settle = store.settle.bind(store);
    store.settle = async (...all) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return settle(...all);
    };
    const llm = budgeted({ ...scripted(), stream: () => ({ [Symbol.asyncIterator]: () => stream }) }, store);
    await expect(read(llm.stream(ask()), "text-delta")).rejects.toBe(error);
    expect(await purse(llm)).toEqual({ spent: 0.12, reserved: 0 });
  });

  it("is charged what came where it ends without a finish", async () => {
    const llm = budgeted(scripted(START, DELTA));
    expect(await read(llm.stream(ask()))).toEqual(["start", "text-delta"]);
    expect(await purse(llm)).toEqual({ spent: 0.12, reserved: 0 });
  });

  it.each([
    ["rate-limit", 0],
    ["connection", 0],
    ["aborted", 0.1],
    ["timeout", 0.1],
  ] as const)("that fails before it has begun with %s costs %d", async (kind, spent) => {
    const llm = budgeted(scripted(new LLMError({ kind, message: kind })));
    await expect(read(llm.stream(ask()))).rejects.toMatchObject({ kind });
    expect(await purse(llm)).toEqual({ spent, reserved: 0 });
  });

  it("costs its input where it is left while the provider is asked", async () => {
    const backend: LLMBackend = {
      ...scripted(),
      stream: () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise(() => {}),
          return: async () => ({ done: true, value: undefined }),
        }),
      }),
    };
    const llm = budgeted(backend);
    const stream = llm.stream(ask())[Symbol.asyncIterator]();
    void stream.next();
    await vi.waitFor(async () => expect(await purse(llm)).toEqual({ spent: 0, reserved: 0.5 }));
    await stream.return!();
    expect(await purse(llm)).toEqual({ spent: 0.1, reserved: 0 });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it("costs nothing where it is left or aborted while the store is asked, and asks no one", async () => {
    const store = memoryStore();
    const slow: BudgetStore = Object.assign(Object.create(store), {
      reserve: async (...all: Parameters<BudgetStore["reserve"]>) => {
        await new Promise((resolve) => setImmediate(resolve));
        return store.reserve(...all);
      },
      settle: store.settle.bind(store),
      read: store.read.bind(store),
    });
    const backend = scripted(START, FINISH);
    const llm = budgeted(backend, slow);
    const stream = llm.stream(ask())[Symbol.asyncIterator]();
    const first = stream.next();
    await stream.return!();
    expect(await first).toEqual({ done: true, value: undefined });
    expect(backend.log).toEqual([]);
    expect(await purse(llm)).toEqual({ spent: 0, reserved: 0 });
    const controller = new AbortController();
    const aborted = read(llm.stream(ask({}, { signal: controller.signal })));
    controller.abort();
    await aborted;
    expect(await purse(llm)).toEqual({ spent: 0, reserved: 0 });
  });

  it("costs nothing where it is left before the provider is asked", async () => {
    const backend = scripted(START, FINISH);
    let leave = (): unknown => undefined;
    const stream: LLMBackend["stream"] = (request) => {
      leave();
      return backend.stream(request);
    };
    const llm = budgeted({ ...backend, stream });
    const iterator = llm.stream(ask())[Symbol.asyncIterator]();
    leave = () => void iterator.return!();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(await purse(llm)).toEqual({ spent: 0, reserved: 0 });
    expect(backend.log).toEqual([]);
  });

  it("is settled once, whatever is done with it after its end", async () => {
    const store = memoryStore();
    const settle = vi.spyOn(store, "settle");
    const llm = budgeted(scripted(START, FINISH), store);
    const iterator = llm.stream(ask())[Symbol.asyncIterator]();
    while (!(await iterator.next()).done);
    await iterator.return!();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(settle).toHaveBeenCalledTimes(1);
  });

  it("hands over the error of a backend that can't begin one, and frees what was held", async () => {
    const error = new Error("no stream");
    const stream = (): never => {
      throw error;
    };
    const llm = budgeted({ ...scripted(), stream });
    await expect(read(llm.stream(ask()))).rejects.toBe(error);
    expect(await purse(llm)).toEqual({ spent: 0, reserved: 0 });
  });

  it("goes straight through where no budget is for it", async () => {
    const llm = withBudget(scripted(START, DELTA, FINISH), { budgets: [] });
    expect(await read(llm.stream(ask()))).toEqual(["start", "text-delta", "finish"]);
    await read(llm.stream(ask()), "start");
  });

  it("that its reader has dropped is charged what came, and the one behind is left", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const backend = scripted(START, DELTA, never);
    const llm = budgeted(backend);
    await (async () => {
      const stream = llm.stream(ask())[Symbol.asyncIterator]();
      await stream.next();
      await stream.next();
    })();
    await vi.waitFor(
      async () => {
        collectGarbage();
        expect(await purse(llm)).toEqual({ spent: 0.12, reserved: 0 });
        expect(backend.log).toEqual(["begun", "ended"]);
      },
      { timeout: 20_000 },
    );
  });
});
