import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLines } from "./ndjson.js";

async function read(...pieces: (string | Uint8Array)[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of readLines(pieces)) lines.push(...batch);
  return lines;
}

describe("readLines", () => {
  it("gives the same values however the bytes are cut and whether lines end in LF or CRLF", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.json(), { maxLength: 10 }),
        fc.array(fc.nat(), { maxLength: 10 }),
        async (values, at) => {
          for (const end of ["\n", "\r\n", "\n\n"]) {
            const bytes = new TextEncoder().encode(values.map((value) => value + end).join(""));
            const ends = at.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
            const pieces = [...ends, bytes.length].map((stop, index) =>
              bytes.slice(index === 0 ? 0 : ends[index - 1], stop),
            );
            for (const cut of [pieces, Array.from(bytes, (_, index) => bytes.slice(index, index + 1))]) {
              expect((await read(...cut)).map((line) => JSON.parse(line))).toEqual(
                values.map((value) => JSON.parse(value)),
              );
            }
          }
        },
      ),
    );
  });

  it("gives a last line that is not ended, and none of blanks", async () => {
    expect(await read('{"a":1}\n{"b"')).toEqual(['{"a":1}', '{"b"']);
    expect(await read("\n \n\r\n  ")).toEqual([]);
    expect(await read("")).toEqual([]);
  });

  it("hands over lines with the piece that completes them", async () => {
    const batches: string[][] = [];
    for await (const batch of readLines(['{"a":1}\n{"b":2}\n{"c"', ":3}\n"])) batches.push(batch);
    expect(batches).toEqual([['{"a":1}', '{"b":2}'], ['{"c":3}']]);
  });

  it("refuses a line that never ends", async () => {
    const endless = (function* () {
      for (;;) yield "x".repeat(16 * 1024 * 1024);
    })();
    await expect(async () => {
      for await (const _batch of readLines(endless));
    }).rejects.toMatchObject({ what: "too-long" });
  });
});
