import { collect, type GenerateRequest, LLMError, type StreamEvent } from "@llmux/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { delta, END, eventsOf, type Paced, paced, START, said, settle } from "./testing/paced.js";
import { textStore } from "./testing/text-store.js";
import { withCache } from "./with-cache.js";

const NOW = Date.UTC(2026, 0, 1, 12);
const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "Why?" }] };
const OPEN: StreamEvent = { type: "text-start", id: "0" };

let backend: Paced;
beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  backend = paced();
});
afterEach(() => {
  vi.useRealTimers();
});
const only = () => {
  expect(backend.calls).toHaveLength(1);
  return backend.calls[0]!;
};

describe("a stream that several read", () => {
  it("gives each what has come and then each piece as it comes", async () => {
    const llm = withCache(backend);
    const one = llm.stream(request)[Symbol.asyncIterator]();
    const two = llm.stream(request)[Symbol.asyncIterator]();
    const first = one.next();
    await settle();
    vi.setSystemTime(NOW + 700);
    only().give(START, OPEN, delta("Be"));
    expect((await first).value).toEqual(START);
    await one.next();
    expect((await one.next()).value).toEqual(delta("Be"));
    expect((await two.next()).value).toMatchObject({
      type: "start",
      cachedAt: new Date(NOW + 700),
      response: { id: "r" },
    });
    expect((await two.next()).value).toEqual(OPEN);
    expect((await two.next()).value).toEqual(delta("Be"));
    const ahead = two.next();
    only().give(delta("cause"));
    expect((await ahead).value).toEqual(delta("cause"));
    only().give(...END);
    const three = await collect(llm.stream(request));
    expect(three.text).toBe("Because");
    expect((await one.next()).value).toEqual(delta("cause"));
    expect((await eventsOf({ [Symbol.asyncIterator]: () => one })).events.at(-1)).toEqual(END[1]);
  });

  it("answers calls to next that are made at once in their order", async () => {
    const llm = withCache(backend);
    const readers = [llm.stream(request), llm.stream(request)].map((stream) => stream[Symbol.asyncIterator]());
    const results = readers.flatMap((reader) => Array.from({ length: 7 }, () => reader.next()));
    await settle();
    only().give(...said("a", "b"));
    const types = (await Promise.all(results)).map(({ value }) => value?.type);
    const whole = ["start", "text-start", "text-delta", "text-delta", "text-end", "finish", undefined];
    expect(types).toEqual([...whole, ...whole]);
  });

  it("is asked for no faster than the fastest reads", async () => {
    const llm = withCache(backend);
    let pulled = 0;
    const source = llm.stream(request)[Symbol.asyncIterator]();
    void source.next();
    await settle();
    const call = only();
    call.give(START, OPEN, delta("a"), delta("b"));
    const slow = llm.stream(request)[Symbol.asyncIterator]();
    for (let read = 0; read < 2; read++) pulled += (await slow.next()).done ? 0 : 1;
    await settle();
    expect(pulled).toBe(2);
    // What was not pulled is still the backend's to give.
    await slow.return?.();
    await source.return?.();
    expect(call.ended).toBe(true);
  });

  it("goes on when the first leaves, and ends when the last does", async () => {
    const llm = withCache(backend);
    const leader = new AbortController();
    const one = llm.stream({ ...request, signal: leader.signal })[Symbol.asyncIterator]();
    const two = llm.stream(request)[Symbol.asyncIterator]();
    const pending = one.next();
    const other = two.next();
    await settle();
    const failed = expect(pending).rejects.toMatchObject({ kind: "aborted", cause: { message: "enough" } });
    leader.abort(new Error("enough"));
    await failed;
    expect(await one.next()).toEqual({ done: true, value: undefined });
    expect(only().ended).toBe(false);
    only().give(START, OPEN);
    // It is there longest now, and so it is the one who pays.
    expect((await other).value).toMatchObject({ type: "start", response: { headers: {} } });
    await two.return?.();
    expect(only().ended).toBe(true);
    expect(only().request.signal?.aborted).toBe(true);
    void collect(llm.stream(request)).catch(() => undefined);
    await settle();
    expect(backend.calls).toHaveLength(2);
  });

  it("is charged to who reads it to its end when the first has left", async () => {
    const onHit = vi.fn();
    const llm = withCache(backend, { onHit });
    const one = llm.stream(request)[Symbol.asyncIterator]();
    void one.next();
    const two = collect(llm.stream(request));
    await settle();
    only().give(START, OPEN);
    await settle();
    await one.return?.();
    expect(only().ended).toBe(false);
    only().give(delta("Hi"), ...END);
    const paid = await two;
    expect(paid).toMatchObject({ text: "Hi", cost: { total: 0.5 } });
    expect(paid.cachedAt).toBeUndefined();
    expect(onHit).not.toHaveBeenCalled();
  });

  it("is paid once, though who pays leaves at its finish while others still read", async () => {
    const llm = withCache(backend);
    const slow = llm.stream(request)[Symbol.asyncIterator]();
    const leading = (async () => {
      for await (const { type } of llm.stream(request)) if (type === "finish") break;
    })();
    const behind = llm.stream(request)[Symbol.asyncIterator]();
    await settle();
    const first = behind.next();
    only().give(...said("Hi"));
    await leading;
    expect((await first).value).toMatchObject({ cachedAt: new Date(NOW) });
    for (const reader of [behind, slow]) {
      const { events } = await eventsOf({ [Symbol.asyncIterator]: () => reader });
      expect(events.at(-1)).toMatchObject({ type: "finish", cachedAt: new Date(NOW), cost: { total: 0 } });
    }
  });

  it("fails each once, after all that came before, and lets go of their signals", async () => {
    const llm = withCache(backend);
    const controllers = [new AbortController(), new AbortController()];
    const removes = controllers.map(({ signal }) => vi.spyOn(signal, "removeEventListener"));
    const readers = controllers.map(({ signal }) => llm.stream({ ...request, signal })[Symbol.asyncIterator]());
    const first = readers.map((reader) => reader.next());
    await settle();
    only().give(START, new LLMError({ kind: "server", message: "Down" }));
    for (const [at, reader] of readers.entries()) {
      expect((await first[at])!.value?.type).toBe("start");
      await expect(reader.next()).rejects.toMatchObject({ kind: "server" });
      expect(removes[at]).toHaveBeenCalled();
      expect(await reader.next()).toEqual({ done: true, value: undefined });
    }
  });

  it("holds on to no signal when its finish has been read", async () => {
    const llm = withCache(backend);
    const controller = new AbortController();
    const remove = vi.spyOn(controller.signal, "removeEventListener");
    const reader = llm.stream({ ...request, signal: controller.signal })[Symbol.asyncIterator]();
    const first = reader.next();
    await settle();
    only().give(...said("Hi"));
    await first;
    for (let read = 1; read < 5; read++) {
      expect(remove).not.toHaveBeenCalled();
      await reader.next();
    }
    expect(remove).toHaveBeenCalledWith("abort", expect.any(Function));
    controller.abort();
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it("is not begun where all have left while the store was asked", async () => {
    let found = (_: undefined): void => {};
    const store = { ...textStore(), get: () => new Promise((resolve) => (found = resolve)) };
    const get = vi.spyOn(store, "get");
    const llm = withCache(backend, { store });
    const reader = llm.stream(request)[Symbol.asyncIterator]();
    const pending = reader.next();
    await vi.waitFor(() => expect(get).toHaveBeenCalled());
    await reader.return?.();
    found(undefined);
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(backend.calls.filter(({ begun }) => begun)).toEqual([]);
  });

  it("is paid once, though who pays has read it after the others and left", async () => {
    const llm = withCache(backend);
    const [payer, slow, quick] = [0, 1, 2].map(() => llm.stream(request)[Symbol.asyncIterator]());
    const first = [payer!.next(), slow!.next(), quick!.next()];
    await settle();
    only().give(...said("Hi"));
    await Promise.all(first);
    const rest = (reader: AsyncIterator<StreamEvent>) => eventsOf({ [Symbol.asyncIterator]: () => reader });
    expect((await rest(quick!)).events.at(-1)).toMatchObject({ cachedAt: new Date(NOW) });
    expect((await rest(payer!)).events.at(-1)).toEqual(END[1]);
    await payer!.return?.();
    expect((await rest(slow!)).events.at(-1)).toMatchObject({ cachedAt: new Date(NOW) });
  });

  it("is over for who has left, though it waits for an event", async () => {
    const llm = withCache(backend);
    const [one, two] = [llm.stream(request), llm.stream(request)].map((stream) => stream[Symbol.asyncIterator]());
    const [pending, other] = [one!.next(), two!.next()];
    await settle();
    await one!.return?.();
    only().give(START);
    expect([await pending, (await other).value?.type]).toEqual([{ done: true, value: undefined }, "start"]);
    await two!.return?.();
  });

  it("tells who was aborted between two reads when it reads again, once", async () => {
    const llm = withCache(backend);
    const controller = new AbortController();
    const reader = llm.stream({ ...request, signal: controller.signal })[Symbol.asyncIterator]();
    const first = reader.next();
    await settle();
    only().give(START);
    await first;
    controller.abort();
    await expect(reader.next()).rejects.toMatchObject({ kind: "aborted" });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect(only().ended).toBe(true);
  });

  it("is kept though it is left at its finish, and not where it is cut", async () => {
    const llm = withCache(backend);
    const reading = (async () => {
      for await (const { type } of llm.stream(request)) if (type === "finish") break;
    })();
    await settle();
    only().give(...said("Hi"));
    await reading;
    expect((await llm.generate(request)).text).toBe("Hi");
    const cut = eventsOf(llm.stream({ ...request, seed: 1 }));
    await settle();
    backend.calls[1]!.give(START, OPEN, undefined);
    expect((await cut).events).toHaveLength(2);
    void llm.generate({ ...request, seed: 1 });
    await settle();
    expect(backend.calls).toHaveLength(3);
  });
});
