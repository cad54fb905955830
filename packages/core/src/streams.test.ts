import { describe, expect, it, vi } from "vitest";
import type { StreamEvent } from "./stream-event.js";
import { deferStream, mapStream, observeStream, untilContent } from "./streams.js";
import { events, settle } from "./testing/fakes.js";

async function* stream(
  given = events("a") as StreamEvent[],
  left?: () => void,
): AsyncGenerator<StreamEvent, void, void> {
  try {
    yield* given;
  } finally {
    left?.();
  }
}

async function all(source: AsyncIterable<StreamEvent>): Promise<string[]> {
  const types: string[] = [];
  for await (const { type } of source) types.push(type);
  return types;
}

const WHOLE = ["start", "text-start", "text-delta", "text-end", "finish"];

describe("deferStream", () => {
  it("opens when it is first iterated, once", async () => {
    const open = vi.fn(async () => stream());
    const deferred = deferStream(open);
    expect(open).not.toHaveBeenCalled();
    const answers = await Promise.all(Array.from({ length: 6 }, () => deferred.next()));
    expect(answers.map(({ value }) => value?.type)).toEqual([...WHOLE, undefined]);
    expect(open).toHaveBeenCalledOnce();
  });

  it("rejects where opening fails, whether it throws or rejects", async () => {
    await expect(all(deferStream(() => Promise.reject(new Error("late"))))).rejects.toThrow("late");
    const deferred = deferStream(() => {
      throw new Error("at once");
    });
    await expect(deferred.next()).rejects.toThrow("at once");
  });

  it("leaves the stream that it opened", async () => {
    const left = vi.fn();
    for await (const _event of deferStream(() => stream(undefined, left))) break;
    expect(left).toHaveBeenCalledOnce();
  });

  it("starts nothing once it has been left, though it be just opening", async () => {
    let opened: ((source: AsyncIterable<StreamEvent>) => void) | undefined;
    const deferred = deferStream(() => new Promise((resolve) => (opened = resolve)));
    const pending = deferred.next();
    await settle();
    await deferred.return?.();
    const next = vi.fn();
    opened?.({ [Symbol.asyncIterator]: () => ({ next }) });
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await deferred.next()).toEqual({ done: true, value: undefined });
    expect(next).not.toHaveBeenCalled();
  });

  it("opens nothing where it was left before", async () => {
    const open = vi.fn(() => stream());
    const deferred = deferStream(open);
    await deferred.return?.();
    expect(await deferred.next()).toEqual({ done: true, value: undefined });
    expect(open).not.toHaveBeenCalled();
  });
});

describe("deferStream, left while it opens", () => {
  it("fires the signal and leaves what is opened after that", async () => {
    let signal: AbortSignal | undefined;
    let opened: ((source: AsyncIterable<StreamEvent>) => void) | undefined;
    const deferred = deferStream((left) => {
      signal = left;
      return new Promise((resolve) => (opened = resolve));
    });
    const pending = deferred.next();
    await settle();
    expect(signal?.aborted).toBe(false);
    await deferred.return?.();
    expect(signal?.aborted).toBe(true);
    const leave = vi.fn();
    opened?.({ [Symbol.asyncIterator]: () => ({ next: vi.fn(), return: leave }) });
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(leave).toHaveBeenCalledOnce();
  });
});

describe("untilContent", () => {
  it("waits for the first content and then hands over everything", async () => {
    const seen: string[] = [];
    const opened = await untilContent(observeStream(stream(), { event: ({ type }) => void seen.push(type) }));
    expect(seen).toEqual(["start", "text-start"]);
    expect(await all(opened)).toEqual(WHOLE);
    expect(seen).toEqual(WHOLE);
  });

  it("throws what comes before the first content, and hands over what comes after it", async () => {
    async function* failing(after: number): AsyncGenerator<StreamEvent, void, void> {
      yield* (events("a") as StreamEvent[]).slice(0, after);
      throw new Error("cut");
    }
    await expect(untilContent(failing(0))).rejects.toThrow("cut");
    await expect(untilContent(failing(1))).rejects.toThrow("cut");
    await expect(all(await untilContent(failing(3)))).rejects.toThrow("cut");
  });

  it("leaves the stream, and hands over nothing more of what it held", async () => {
    const left = vi.fn();
    const opened = await untilContent(stream(undefined, left));
    await opened.return?.();
    expect(left).toHaveBeenCalledOnce();
    expect(await opened.next()).toEqual({ done: true, value: undefined });
  });
});

describe("mapStream", () => {
  it("changes what it is to change, passes on the rest, and leaves the stream behind", async () => {
    const left = vi.fn();
    const given = events("a") as StreamEvent[];
    const mapped = mapStream(stream(given, left), (event) =>
      event.type === "text-delta" ? { ...event, delta: "b" } : event,
    );
    const got: StreamEvent[] = [];
    for await (const event of mapped) got.push(event);
    expect(got).toEqual(given.map((event) => (event.type === "text-delta" ? { ...event, delta: "b" } : event)));
    expect(got[0]).toBe(given[0]);
    for await (const _event of mapStream(stream(given, left), (event) => event)) break;
    expect(left).toHaveBeenCalledTimes(2);
  });

  it("fails as the stream does, or with what its error is changed to", async () => {
    async function* failing(): AsyncGenerator<StreamEvent> {
      yield* events("a") as StreamEvent[];
      throw new Error("cut");
    }
    await expect(all(mapStream(failing(), (event) => event))).rejects.toThrow("cut");
    const changed = mapStream(
      failing(),
      (event) => event,
      (error) => new Error("changed", { cause: error }),
    );
    await expect(all(changed)).rejects.toMatchObject({ message: "changed", cause: { message: "cut" } });
  });
});

describe("observeStream", () => {
  it("tells of every event and of the end, once", async () => {
    const event = vi.fn();
    const end = vi.fn();
    expect(await all(observeStream(stream(), { event, end }))).toEqual(WHOLE);
    expect(event.mock.calls.map(([{ type }]) => type)).toEqual(WHOLE);
    expect(end).toHaveBeenCalledExactlyOnceWith({ left: false });
  });

  it("tells of a failure and passes it on", async () => {
    const bug = new Error("bug");
    const end = vi.fn();
    const failing = async function* (): AsyncGenerator<StreamEvent> {
      throw bug;
    };
    await expect(all(observeStream(failing(), { end }))).rejects.toBe(bug);
    expect(end).toHaveBeenCalledExactlyOnceWith({ error: bug, left: false });
  });

  it("tells of a loop that was left, and leaves the stream behind it", async () => {
    const left = vi.fn();
    const end = vi.fn();
    for await (const _event of observeStream(stream(undefined, left), { end })) break;
    expect(end).toHaveBeenCalledExactlyOnceWith({ left: true });
    expect(left).toHaveBeenCalledOnce();
  });
});
