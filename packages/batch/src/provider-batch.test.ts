import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BatchDriver } from "./batch-driver.js";
import {
  type BatchInput,
  type BatchOutcome,
  type ProviderBatchOptions,
  progressBar,
  runProviderBatch,
} from "./index.js";
import { BatchServer, textOf } from "./testing/batch-server.js";
import { API_KEY, DRIVERS, MODELS } from "./testing/drivers.js";
import { MemoryJournal } from "./testing/memory-journal.js";
import { takeAll } from "./testing/take-all.js";

let server: BatchServer;
let journal: MemoryJournal;
beforeEach(async () => {
  server = new BatchServer();
  await server.listen();
  journal = new MemoryJournal();
});
afterEach(() => server.close());

const PROVIDERS = ["openai", "anthropic"] as const;

describe.each(PROVIDERS)("through %s", (provider) => {
  const model = MODELS[provider];
  const newDriver = (): BatchDriver => DRIVERS[provider](server.url);
  const list = (...contents: string[]): BatchInput[] =>
    contents.map((content) => ({
      id: content,
      request: { model, maxTokens: 10, messages: [{ role: "user" as const, content }] },
    }));
  const run = async (
    requests: BatchInput[],
    options: ProviderBatchOptions = {},
    driver: BatchDriver = newDriver(),
  ): Promise<Map<string, BatchOutcome>> => {
    const outcomes = await takeAll(runProviderBatch(driver, requests, { journal, poll: { initial: 1 }, ...options }));
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(outcomes.length);
    return new Map(outcomes.map((each) => [each.id, each]));
  };

  it("hands over answers, failures for good, which stay, and what expired, which is submitted again", async () => {
    server.answer = (request) => {
      const text = textOf(request.body);
      if (text === "late" && server.batches.length === 1) return undefined;
      return text === "bad" ? { refused: "a bad thing", status: 400 } : { text };
    };
    server.ending = ({ id }) => (id === "batch0" ? "expired" : "completed");
    const requests = list("good", "bad", "late");
    const first = await run(requests);
    expect(first.get("good")!.result).toMatchObject({ text: "good", provider });
    expect(first.get("bad")!.error).toMatchObject({
      kind: "invalid-request",
      message: expect.stringMatching(/a bad thing/),
    });
    expect(first.get("late")!.error).toMatchObject({
      kind: "timeout",
      retryable: true,
      message: expect.stringMatching(/batch0 expired/),
    });

    const second = await run(requests);
    expect(second.get("good")).toMatchObject({ resumed: true, result: { text: "good" } });
    expect(second.get("bad")).toMatchObject({ resumed: true, error: { kind: "invalid-request" } });
    expect(second.get("late")).toMatchObject({ resumed: false, result: { text: "late" } });
    expect(server.submitted).toEqual([["good", "bad", "late"], ["late"]]);
    await run(requests);
    expect(server.batches).toHaveLength(2);
  });

  it("submits again what was cancelled", async () => {
    server.answer = () => (server.batches.length === 1 ? undefined : { text: "now" });
    server.ending = ({ id }) => (id === "batch0" ? "cancelled" : "completed");
    expect((await run(list("a", "b"))).get("a")!.error).toMatchObject({
      kind: "aborted",
      message: expect.stringMatching(/cancelled/),
    });
    expect((await run(list("a", "b"))).get("a")!.result).toMatchObject({ text: "now" });
  });

  it("submits again what failed in a way that may pass", async () => {
    server.answer = () => (server.batches.length === 1 ? { refused: "broken", status: 500 } : { text: "now" });
    expect((await run(list("a"))).get("a")!.error).toMatchObject({ kind: "server", retryable: true });
    expect((await run(list("a"))).get("a")!.result).toMatchObject({ text: "now" });
  });

  it("waits for the same batch after it was interrupted", async () => {
    server.looks = 3;
    const controller = new AbortController();
    const first = run(list("a"), { signal: controller.signal, poll: { initial: 60_000 } });
    await until(() => server.batches[0]?.looks === 1);
    controller.abort();
    await expect(first).rejects.toMatchObject({ kind: "aborted" });
    expect((await run(list("a"))).get("a")).toMatchObject({ resumed: false, result: { text: "a" } });
    expect(server.batches).toHaveLength(1);
  });

  it("hands over first what is over first, and cuts batches at the provider's limits", async () => {
    const driver = { ...newDriver(), limits: { requests: 2, bytes: 100_000 } };
    server.isOver = ({ id, looks }) => looks >= (id === "batch0" ? 4 : 1);
    const order = [...(await run(list("a", "b", "c", "d", "e"), {}, driver)).keys()];
    expect(server.submitted).toEqual([["a", "b"], ["c", "d"], ["e"]]);
    expect(order.slice(3).toSorted()).toEqual(["a", "b"]);
  });

  it("cuts batches at the provider's limit of bytes, and refuses what none has room for", async () => {
    const driver = { ...newDriver(), limits: { requests: 100, bytes: 2400 } };
    const contents = ["a", "b", "c"].map((each) => each.repeat(700));
    const outcomes = await run(list(...contents, "x".repeat(3000)), {}, driver);
    expect(server.submitted.map(({ length }) => length)).toEqual([2, 1]);
    expect(outcomes.get("x".repeat(3000))!.error).toMatchObject({
      kind: "invalid-request",
      message: expect.stringMatching(/larger than/),
    });
  });

  it("adopts the batch of a process that died before it could write down the provider's answer", async () => {
    journal.dieBefore = (note) => "submitted" in (note as object);
    await expect(run(list("a", "b"))).rejects.toThrow("killed");
    expect(server.batches).toHaveLength(1);
    journal.dieBefore = () => false;
    // Others of the same size, and one that is over: they are not to be taken for it.
    server.add(["x", "y"].map((input) => ({ customId: `0-${input}`, body: { input } }))).looks = 9;
    server.looks = 2;
    const outcomes = await run(list("a", "b"));
    expect(outcomes.get("b")!.result).toMatchObject({ text: "b" });
    expect(server.batches).toHaveLength(2);
    await run(list("a", "b"));
    expect(server.batches).toHaveLength(2);
  });

  it("submits what a process that died had not submitted yet", async () => {
    server.meddle = (call) => (/POST .*batches/.test(call) ? { refuse: 400 } : undefined);
    await expect(run(list("a"))).rejects.toMatchObject({ kind: "invalid-request", status: 400, provider });
    server.meddle = () => undefined;
    expect((await run(list("a"))).get("a")!.result).toMatchObject({ text: "a" });
    expect(server.submitted).toEqual([["a"]]);
    const calls = server.calls.length;
    await run(list("a"));
    expect(server.calls).toHaveLength(calls);
  });

  it("submits it without waiting for a batch of the same size that is known", async () => {
    server.isOver = () => server.batches.length > 1;
    const driver = { ...newDriver(), limits: { requests: 1, bytes: 100_000 } };
    server.meddle = (call) => (/POST .*batches/.test(call) && server.batches.length > 0 ? { refuse: 400 } : undefined);
    await expect(run(list("a", "b"), {}, driver)).rejects.toMatchObject({ status: 400 });
    server.meddle = () => undefined;
    expect((await run(list("a", "b"), {}, driver)).size).toBe(2);
    expect(server.submitted).toEqual([["a"], ["b"]]);
  });

  it("does not submit again where only the answer was lost", async () => {
    server.meddle = (call) => (/POST .*batches/.test(call) ? "lose" : undefined);
    const outcomes = await run(list("a"));
    expect(outcomes.get("a")!.result).toMatchObject({ text: "a" });
    expect(server.batches).toHaveLength(1);
  });

  it("bears refusals and a provider that is away for a while", async () => {
    const refused = new Map<string, number>();
    server.meddle = (call) => {
      const times = (refused.get(call) ?? 0) + 1;
      refused.set(call, times);
      return times <= 2 ? { refuse: times === 1 ? 429 : 503, headers: { "retry-after-ms": "1" } } : undefined;
    };
    expect((await run(list("a"))).get("a")!.result).toMatchObject({ text: "a" });
    expect(server.batches).toHaveLength(1);
    for (const [call, times] of refused) if (/batches/.test(call)) expect([call, times >= 3]).toEqual([call, true]);
  });

  it("names a key that was refused nowhere", async () => {
    server.meddle = () => ({ refuse: 401 });
    const error = await run(list("a")).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      kind: "authentication",
      provider,
      message: expect.stringMatching(/Refused with the key .*\*\*\*/),
    });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(API_KEY);
  });

  it("gives results half of the price as their cost", async () => {
    const asked: unknown[] = [];
    const price: ProviderBatchOptions["price"] = ({ provider, model, usage }) => {
      asked.push({ provider, model, usage });
      return { total: 3, input: 1, output: 2, source: "list" };
    };
    const { result } = (await run(list("a"), { price })).get("a")!;
    expect(result!.cost).toEqual({ total: 1.5, input: 0.5, output: 1, source: "list" });
    expect(asked).toMatchObject([{ provider, model: model.split("/")[1], usage: { inputTokens: { total: 3 } } }]);
    expect((await run(list("a"), { price })).get("a")!.result!.cost!.total).toBe(1.5);
  });

  it("refuses the journal of another provider, a list that has changed, and options that make no sense", async () => {
    await run(list("a"));
    const other = { ...newDriver(), provider: "acme" };
    await expect(run(list("a"), {}, other)).rejects.toMatchObject({ kind: "invalid-request", parameter: "journal" });
    const changed = [{ id: "a", request: { model, messages: [{ role: "user" as const, content: "b" }] } }];
    await expect(run(changed)).rejects.toThrow(/list has changed/);
    await expect(run([], { poll: { initial: 0 } })).rejects.toMatchObject({ parameter: "poll.initial" });
    await expect(run([], { poll: { max: 1, initial: 2 } })).rejects.toMatchObject({ parameter: "poll.max" });
    await expect(run([], { total: -1 })).rejects.toMatchObject({ parameter: "total" });
    for (const parameter of ["price", "onProgress"])
      await expect(run([], { [parameter]: 1 })).rejects.toMatchObject({ kind: "invalid-request", parameter });
  });

  it("tells how it goes while it waits, and a bar shows it", async () => {
    server.looks = 2;
    const lines: string[] = [];
    const bar = progressBar({ isTTY: false, write: (text) => void lines.push(text) });
    const underWay: number[] = [];
    await run(list("a", "b"), {
      onProgress: (report) => {
        underWay.push(report.underWay);
        bar(report);
      },
    });
    expect(underWay).toEqual([2, 0, 0]);
    expect(lines[0]).toMatch(/^0\/2 \(0 %\), .*2 at the provider\n$/);
    expect(lines.at(-1)).toMatch(/^2\/2 \(100 %\)/);
  });

  it("leaves answers that this run did not ask for to the run that does", async () => {
    server.looks = 2;
    const controller = new AbortController();
    const first = run(list("a", "b"), { signal: controller.signal, poll: { initial: 60_000 } });
    await until(() => server.batches[0]?.looks === 1);
    controller.abort();
    await expect(first).rejects.toMatchObject({ kind: "aborted" });
    expect([...(await run(list("a"))).keys()]).toEqual(["a"]);
    expect((await run(list("a", "b"))).get("b")).toMatchObject({ result: { text: "b" } });
    expect(server.batches).toHaveLength(1);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
