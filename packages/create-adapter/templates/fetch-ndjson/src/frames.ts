import { type ByteSource, readLines } from "@llmux/core/adapter";

/** Whether an answer is a stream at all: an error may come in place of one. */
export function isStream({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("application/x-ndjson") ?? false;
}

/** The frames of a stream, in batches: one for each piece that came off the wire. */
export function readFrames(body: ByteSource): AsyncGenerator<string[], void, void> {
  return readLines(body);
}
