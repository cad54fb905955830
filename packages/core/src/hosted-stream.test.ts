import { describe, expect, it, vi } from "vitest";
import type { AdapterEvent, CallContext } from "./adapter-backend.js";
import { collect } from "./collect.js";
import type { StreamEvent } from "./stream-event.js";
import { errorOf, events, failure, HELLO, hosted, never, STOP, settle, thenHang, USAGE } from "./testing/fakes.js";

type Stream = AsyncIterableIterator<StreamEvent, undefined>;
const open = (stream: (context: CallContext) => AsyncIterable<AdapterEvent | readonly AdapterEvent[]>): Stream =>
  hosted({ stream: (_request, context) => stream(context) }).stream(HELLO) as Stream;

async function* batches(
  ...given: (AdapterEvent | readonly AdapterEvent[])[]
): AsyncGenerator<AdapterEvent | readonly AdapterEvent[]> {
  yield* given;
}

const types = (all: readonly IteratorResult<StreamEvent, undefined>[]): string[] =>
  all.map(({ done, value }) => (done ? "done" : (value as StreamEvent).type));
const WHOLE = ["start", "text-start", "text-delta", "text-delta", "text-end", "finish"];

describe("a hosted stream", () => {
  it("hands over events in order, however they are batched, empty batches too", async () => {
    const all = events("a", "b");
    for (const cut of [batches(all), batches(...all), batches([], all.slice(0, 2), [], [], all.slice(2), [])]) {
      const seen: StreamEvent[] = [];
      for await (const event of open(() => cut)) seen.push(event);
      expect(seen.map(({ type }) => type)).toEqual(WHOLE);
      expect(seen[0]).toEqual({ type: "start", response: {}, provider: "acme", model: "m", warnings: [] });
    }
  });

  it("does not change the adapter's own arrays", async () => {
    const all = Object.freeze(events("a").map((event) => Object.freeze(event)));
    expect((await collect(open(() => batches(all)))).text).toBe("a");
    expect((await collect(open(() => batches(all)))).text).toBe("a");
  });

  it.each([1, 2, 3])("answers calls that do not wait for each other in their order (batches of %i)", async (size) => {
    const all = events("a", "b");
    const cut: AdapterEvent[][] = [];
    for (let at = 0; at < all.length; at += size) cut.push(all.slice(at, at + size));
    const stream = open(() => batches(...cut));
    const answers = await Promise.all(Array.from({ length: 8 }, () => stream.next()));
    expect(types(answers)).toEqual([...WHOLE, "done", "done"]);
  });

  it("lets no later call overtake one that still waits", async () => {
    const stream = open(() => batches(events("a", "b").slice(0, 5), events("a", "b").slice(5)));
    const first = stream.next();
    const second = stream.next();
    await first;
    expect(types(await Promise.all([second, stream.next()]))).toEqual(["text-start", "text-delta"]);
  });

  it("opens nothing until it is iterated", async () => {
    const start = vi.fn(() => batches(events("a")));
    const stream = open(start);
    await settle();
    expect(start).not.toHaveBeenCalled();
    await stream.return?.();
    expect(types([await stream.next(), await stream.next()])).toEqual(["done", "done"]);
    expect(start).not.toHaveBeenCalled();
  });

  it("can be left while it is opening", async () => {
    const start = vi.fn(async function* () {
      await never;
    });
    const stream = open(start as never);
    const pending = stream.next();
    await stream.return?.();
    expect(types([await pending, await stream.next()])).toEqual(["done", "done"]);
    expect(start).not.toHaveBeenCalled();
  });

  it("cancels the adapter's request when it is left, and runs its clean-up", async () => {
    let signal: AbortSignal | undefined;
    const cleaned = vi.fn();
    const stream = open(async function* (context) {
      signal = context.signal;
      try {
        yield events("a").slice(0, 3);
        yield* thenHang([], context);
      } finally {
        cleaned();
      }
    });
    for await (const event of stream) if (event.type === "text-delta") break;
    await settle();
    expect(signal?.aborted).toBe(true);
    expect(cleaned).toHaveBeenCalledOnce();
    expect(types([await stream.next()])).toEqual(["done"]);
  });

  it("does not abort a request that has run its course", async () => {
    let signal: AbortSignal | undefined;
    await collect(
      open((context) => {
        signal = context.signal;
        return batches(events("a"));
      }),
    );
    expect(signal?.aborted).toBe(false);
  });

  it("ends a pending call when it is left, even where the adapter ignores its signal", async () => {
    const stream = open(async function* () {
      yield* events("a").slice(0, 1);
      await never;
    });
    await stream.next();
    const pending = stream.next();
    await stream.return?.();
    expect(types([await pending])).toEqual(["done"]);
  });

  it("drops what it had not handed over when it is left", async () => {
    const stream = open(() => batches(events("a")));
    await stream.next();
    await stream.return?.();
    expect(types([await stream.next()])).toEqual(["done"]);
  });

  it("throws where it ends without a finish, and is over then", async () => {
    const whole = events("a", "b");
    for (let cut = 0; cut < whole.length; cut++) {
      const stream = open(() => batches(...whole.slice(0, cut)));
      const seen: StreamEvent[] = [];
      const error = await errorOf(
        (async () => {
          for await (const event of stream) seen.push(event);
        })(),
      );
      expect(error).toMatchObject({ kind: "connection", provider: "acme", model: "m", retryable: true });
      expect(seen).toHaveLength(cut);
      expect(types([await stream.next()])).toEqual(["done"]);
    }
  });

  it("hands over what came before a failure", async () => {
    const stream = open(async function* () {
      yield events("a").slice(0, 3);
      throw failure("overloaded", { status: 529 });
    });
    expect(await errorOf(stream)).toMatchObject({
      kind: "overloaded",
      status: 529,
      provider: "acme",
      partial: { text: "a" },
    });
  });

  it("counts as whole once the provider has said that it is done, whatever the connection does then", async () => {
    const broken = open(async function* () {
      yield events("a");
      throw new Error("socket hang up");
    });
    expect((await collect(broken)).text).toBe("a");
    const chatty = open(() => batches(events("a"), [{ type: "finish", finishReason: STOP, usage: USAGE }]));
    const seen: string[] = [];
    for await (const { type } of chatty) seen.push(type);
    expect(seen.filter((type) => type === "finish")).toHaveLength(1);
  });

  it("fails at once on an abort, also while nobody waits", async () => {
    const controller = new AbortController();
    const backend = hosted({ stream: (_request, context) => thenHang(events("a").slice(0, 3), context) });
    const stream = backend.stream({ ...HELLO, signal: controller.signal })[Symbol.asyncIterator]();
    await stream.next();
    controller.abort();
    const rest = (async () => {
      for (;;) if ((await stream.next()).done) return "done";
    })();
    expect((await errorOf(rest as Promise<unknown>)).kind).toBe("aborted");
    expect((await stream.next()).done).toBe(true);
  });

  it("refuses a bad request when it is iterated", async () => {
    expect(await errorOf(hosted().stream({ messages: [] }))).toMatchObject({
      kind: "invalid-request",
      parameter: "model",
    });
    expect(await errorOf(hosted().stream({ model: "m", messages: [] }))).toMatchObject({ parameter: "messages" });
  });
});
