import { type ByteSource, readPieces } from "./byte-source.js";
import { StreamFault } from "./stream-fault.js";

const MAX_LINE_LENGTH = 64 * 1024 * 1024;

/** Reads lines (newline-delimited JSON) and hands them over in batches, one for each piece that came off the wire. Blank lines are skipped. */
export async function* readLines(body: ByteSource): AsyncGenerator<string[], void, void> {
  const decoder = new TextDecoder();
  let buffer = "";
  for await (const piece of readPieces(body)) {
    const text = typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
    const last = text.lastIndexOf("\n");
    if (last === -1) {
      buffer += text;
      if (buffer.length > MAX_LINE_LENGTH) throw new StreamFault("too-long");
      continue;
    }
    const lines = (buffer + text.slice(0, last)).split("\n").filter((line) => line.trim() !== "");
    buffer = text.slice(last + 1);
    if (lines.length > 0) yield lines;
  }
  buffer += decoder.decode();
  if (buffer.trim() !== "") yield [buffer];
}
