import { type ByteSource, readServerSentEvents } from "@llmux/core/adapter";

/** Whether an answer is a stream at all: an error may come in place of one. */
export function isStream({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("text/event-stream") ?? false;
}

/** The frames of a stream, in batches: one for each piece that came off the wire. */
export async function* readFrames(body: ByteSource): AsyncGenerator<string[], void, void> {
  for await (const events of readServerSentEvents(body)) yield events.map(({ data }) => data);
}
