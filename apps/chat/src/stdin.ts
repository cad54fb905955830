import { UsageError } from "./errors.js";
import type { IO } from "./io.js";

/** Waiting for a pipe that says nothing for so long is worth a word: someone may not know that the program reads it. */
const PATIENCE = 3_000;

/** All that is piped in, without white space around it. @throws UsageError where it is not text */
export async function readStdin({ stdin, stderr }: IO): Promise<string> {
  const hint = setTimeout(() => stderr.write("reading standard input until it ends…\n"), PATIENCE);
  const pieces: Buffer[] = [];
  try {
    for await (const piece of stdin) {
      clearTimeout(hint);
      pieces.push(Buffer.from(piece));
    }
  } finally {
    clearTimeout(hint);
  }
  const bytes = Buffer.concat(pieces);
  if (bytes.includes(0)) throw new UsageError("standard input is not text; for an image use --image path");
  return bytes.toString("utf8").trim();
}
