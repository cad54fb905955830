import { describe, expect, it } from "vitest";
import type { AdapterEvent } from "./adapter-backend.js";
import { LLMError } from "./errors.js";
import { EventBuilder } from "./event-builder.js";
import { eventObject } from "./event-object.js";
import { type EventStreamDecoder, readEventStream } from "./read-event-stream.js";
import { StreamFault } from "./stream-fault.js";

interface Frame {
  text?: unknown;
  error?: string;
  done?: boolean;
  wait?: boolean;
}

class Decoder implements EventStreamDecoder {
  done = false;
  pushed = 0;
  readonly #builder = new EventBuilder();

  take(): AdapterEvent[] {
    return this.#builder.take();
  }

  push(data: string, event: string | undefined, last: boolean): undefined | Promise<void> {
    this.pushed++;
    const frame = eventObject<Frame>(data, last);
    if (!frame) return undefined;
    if (frame.error) throw new StreamFault("reported", frame.error);
    const read = (): void => {
      if (frame.text !== undefined) this.#builder.text((frame.text as string).concat(event ?? ""));
      this.done = frame.done ?? false;
    };
    if (!frame.wait) return read() as undefined;
    return new Promise<void>((resolve) => setImmediate(resolve)).then(read);
  }

  end(): void {
    if (!this.done) throw new StreamFault("cut");
  }
}

const said = (frame: Frame, name?: string): string =>
  `${name ? `event: ${name}\n` : ""}data: ${JSON.stringify(frame)}\n\n`;

/** A body of these pieces; what becomes of it is noted. */
function bodyOf(pieces: readonly (string | Error)[], { ends = true } = {}) {
  const left = pieces.map((piece) => (typeof piece === "string" ? new TextEncoder().encode(piece) : piece));
  const seen = { cancelled: false, read: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = left.shift();
        if (piece) seen.read++;
        if (piece instanceof Error) controller.error(piece);
        else if (piece) controller.enqueue(piece);
        else if (ends) controller.close();
      },
      cancel() {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, seen };
}

async function read(body: ReadableStream<Uint8Array> | null, decoder = new Decoder()) {
  const batches: string[][] = [];
  const failureOf = (reported: string): LLMError => new LLMError({ kind: "server", message: reported });
  try {
    for await (const events of readEventStream(body, decoder, failureOf))
      batches.push(events.map((event) => ("delta" in event ? event.delta : event.type)));
    return { batches, error: undefined };
  } catch (error) {
    return { batches, error };
  }
}

describe("readEventStream", () => {
  it("gives one batch for each piece off the wire", async () => {
    const { body } = bodyOf([said({ text: "a" }) + said({ text: "b" }, "!"), "data: {}\n", "\n", said({ done: true })]);
    expect(await read(body)).toEqual({ batches: [["text-start", "a", "b!"]], error: undefined });
  });

  it("waits for a decoder that is not ready, and keeps the order", async () => {
    const { body } = bodyOf([said({ text: "a", wait: true }) + said({ text: "b" }) + said({ done: true })]);
    expect((await read(body)).batches).toEqual([["text-start", "a", "b"]]);
  });

  it("reads nothing after the end marker, but the body to its end", async () => {
    const { body, seen } = bodyOf([said({ text: "a", done: true }) + said({ text: "b" }), "rest", "rest"]);
    const decoder = new Decoder();
    expect((await read(body, decoder)).batches).toEqual([["text-start", "a"]]);
    await new Promise((resolve) => setImmediate(resolve));
    expect([decoder.pushed, seen]).toEqual([1, { cancelled: false, read: 3 }]);
  });

  it("takes a connection that breaks after the end marker for whole", async () => {
    const { body } = bodyOf([said({ done: true }), new Error("reset")]);
    expect((await read(body)).error).toBeUndefined();
  });

  it("cancels the body where it is left", async () => {
    const { body, seen } = bodyOf([said({ text: "a" })], { ends: false });
    for await (const _ of readEventStream(body, new Decoder(), String)) break;
    expect(seen.cancelled).toBe(true);
  });

  it.each([
    ["an error that is reported", said({ error: "busy" }), { kind: "server", message: "busy" }],
    ["what is not JSON", "data: {\n\n", { kind: "malformed-response", text: "{" }],
    ["what is no object", "data: 5\n\n", { kind: "malformed-response", text: "5" }],
    ["what the decoder stumbles over", said({ text: 5 }), { kind: "malformed-response" }],
    ["a body that ends too early", said({}), { what: "cut" }],
    ["a body that ends within an event", "data: {", { what: "cut" }],
  ])("throws for %s, after the events before it", async (_, piece, error) => {
    const { body } = bodyOf([said({ text: "a" }) + piece]);
    expect(await read(body)).toEqual({ batches: [["text-start", "a"]], error: expect.objectContaining(error) });
  });

  it("throws for no body, and what breaks the connection as it is", async () => {
    expect((await read(null)).error).toMatchObject({ what: "no-body" });
    const broken = new TypeError("terminated");
    expect((await read(bodyOf([broken]).body)).error).toBe(broken);
  });
});
