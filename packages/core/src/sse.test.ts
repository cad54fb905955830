import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readServerSentEvents, type ServerSentEvent, ServerSentEventParser } from "./sse.js";

async function read(...pieces: (string | Uint8Array)[]): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  for await (const batch of readServerSentEvents(pieces)) events.push(...batch);
  return events;
}

const data = (value: string, event?: string): ServerSentEvent => ({ event, data: value });

/** A line of a stream: fields in all their spellings, comments and lines that mean nothing. */
const line = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "grapheme" }).map((text) => `data: ${text.replace(/[\r\n]/g, "")}`) },
  fc.string().map((text) => `data:${text.replace(/[\r\n]/g, "")}`),
  fc.constantFrom(
    "data",
    "data:",
    "event: ping",
    "event:x",
    "id: 7",
    "retry: 5",
    ": note",
    ":",
    "",
    "",
    "",
    "datax: y",
    " data: z",
  ),
);

function cut<T extends { length: number; slice(start: number, end: number): T }>(whole: T, at: readonly number[]): T[] {
  const ends = [...new Set(at.map((share) => Math.floor(share * whole.length)))].sort((a, b) => a - b);
  return [...ends, whole.length].map((end, index) => whole.slice(index === 0 ? 0 : (ends[index - 1] as number), end));
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 20 });

describe("readServerSentEvents", () => {
  it("gives the same events however the stream is cut and whatever ends its lines", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), cuts, async (lines, at) => {
        const reference = await read(lines.map((one) => `${one}\n`).join(""));
        for (const end of ["\n", "\r\n", "\r"]) {
          const text = lines.map((one) => one + end).join("");
          const bytes = new TextEncoder().encode(text);
          expect(await read(bytes)).toEqual(reference);
          expect(await read(...cut(bytes, at))).toEqual(reference);
          expect(await read(...Array.from(bytes, (_, index) => bytes.slice(index, index + 1)))).toEqual(reference);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("takes line ends of all kinds in one stream", async () => {
    expect(await read("data: a\r\n\r\ndata: b\n\ndata: c\r\rdata: d\r\n\n")).toEqual(
      ["a", "b", "c", "d"].map((text) => data(text)),
    );
  });

  it("knows what the standard knows", async () => {
    expect(await read(": hi\n\ndata: a\ndata:b\ndata:  c\n\n")).toEqual([data("a\nb\n c")]);
    expect(await read("event: ping\n\ndata: x\n\n")).toEqual([data("x")]);
    expect(await read("event: e\ndata: x\nid: 1\nretry: 2\n\ndata: y\n\n")).toEqual([data("x", "e"), data("y")]);
    expect(await read("data\n\ndata\ndata\n\ndata:\n\n")).toEqual([data(""), data("\n"), data("")]);
    expect(await read("data: a:b: c\n\n")).toEqual([data("a:b: c")]);
    expect(await read("")).toEqual([]);
  });

  it("skips a byte order mark, however it is cut", async () => {
    const bytes = new TextEncoder().encode("\uFEFFdata: x\n\n");
    expect(await read(bytes)).toEqual([data("x")]);
    expect(await read(bytes.slice(0, 1), bytes.slice(1, 2), bytes.slice(2))).toEqual([data("x")]);
  });

  it("also gives an event that the stream did not close", async () => {
    expect(await read("data: a\n\ndata: b")).toEqual([data("a"), data("b")]);
    expect(await read("event: e\ndata: a\n")).toEqual([data("a", "e")]);
    expect(await read("data: a\r")).toEqual([data("a")]);
  });

  it("hands over what a piece completes with that piece", () => {
    const parser = new ServerSentEventParser();
    expect(parser.push("data: a\n\ndata: b\n")).toEqual([data("a")]);
    expect(parser.push("\n")).toEqual([data("b")]);
    expect(parser.push("data: c\r\n\r\n")).toEqual([data("c")]);
  });

  it("closes the body when the loop is left, and reads web streams", async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode("data: x\n\n")),
      cancel: () => {
        cancelled = true;
      },
    });
    for await (const batch of readServerSentEvents(body)) {
      expect(batch).toEqual([data("x")]);
      break;
    }
    expect(cancelled).toBe(true);
  });

  it("refuses an event that never ends", () => {
    const parser = new ServerSentEventParser();
    const piece = "x".repeat(16 * 1024 * 1024);
    expect(() => {
      for (let count = 0; count < 6; count++) parser.push(piece);
    }).toThrow(expect.objectContaining({ what: "too-long" }));
  });

  it("refuses an event of lines without end", () => {
    const parser = new ServerSentEventParser();
    const piece = `data: ${"x".repeat(16 * 1024 * 1024)}\n`;
    expect(() => {
      for (let count = 0; count < 6; count++) parser.push(piece);
    }).toThrow(expect.objectContaining({ what: "too-long" }));
  });

  it.each([
    ["one long line in many pieces", Array.from({ length: 2000 }, () => "x".repeat(50)).concat("\n\n")],
    ["many lines in one piece", ["data: x\n\n".repeat(10_000)]],
    ["many lines in one piece that holds a CR", [`: note\r\n${"data: x\n\n".repeat(10_000)}`]],
    ["many lines that end in CR", ["data: x\r\r".repeat(10_000)]],
    ["many lines that end in CRLF, in pieces", Array.from({ length: 5000 }, () => "data: x\r\n\r\n")],
  ])("looks at each character a bounded number of times: %s", (_, pieces) => {
    const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const { indexOf, includes, endsWith } = String.prototype;
    let looked = 0;
    const counting = (
      search: (this: string, text: string, from?: number) => any,
      found: (result: any, length: number) => number,
    ) =>
      function (this: string, text: string, from = 0): any {
        const result = search.call(this, text, from);
        looked += found(result, this.length) - from + 1;
        return result;
      };
    String.prototype.indexOf = counting(indexOf, (result, length) => (result === -1 ? length : result));
    String.prototype.includes = counting(includes, (_result, length) => length);
    // It looks at one character, but what was put together piece by piece is copied whole before any can be looked at.
    String.prototype.endsWith = counting(endsWith, (_result, length) => length);
    try {
      const parser = new ServerSentEventParser();
      for (const piece of pieces) parser.push(piece);
      parser.push("", true);
    } finally {
      String.prototype.indexOf = indexOf;
      String.prototype.includes = includes;
      String.prototype.endsWith = endsWith;
    }
    expect(looked).toBeLessThan(8 * total);
  });
});
