import type { AdapterEvent } from "@llmux/core/adapter";
import { ServerSentEventParser } from "@llmux/core/adapter";
import type { StreamDecoder } from "./stream-decoder.js";

/** How long a server may take to end a body whose end marker has come, in milliseconds, before its connection is given up. */
const PATIENCE = 1000;

/**
 * The events of a body, one batch for each piece that comes off the wire. Leaving early cancels the body, which closes the connection;
 * after the end marker the rest is read aside, so that the connection can be used again.
 *
 * @throws LLMError what the decoder throws, after the events before it
 */
export async function* readStream(
  body: ReadableStream<Uint8Array> | null,
  decoder: StreamDecoder,
): AsyncGenerator<AdapterEvent[], void, void> {
  if (!body) throw (await import("./malformed.js")).malformed("The provider's answer has no body", "");
  const reader = body.getReader();
  const text = new TextDecoder();
  const parser = new ServerSentEventParser();
  let open = true;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      let failure: unknown;
      try {
        const events = parser.push(done ? text.decode() : text.decode(value, { stream: true }), done);
        for (let at = 0; at < events.length; at++) {
          const pause = decoder.push((events[at] as { data: string }).data);
          if (pause) await pause;
        }
        if (done) decoder.end();
      } catch (error) {
        failure = (await import("./stream-failure.js")).streamFailure(error);
      }
      const made = decoder.take();
      if (failure === undefined && (done || decoder.done)) open = false;
      if (!open && !done) drain(reader);
      if (made.length > 0) yield made;
      if (failure !== undefined) throw failure;
      if (!open) return;
    }
  } finally {
    if (open) await reader.cancel().catch(() => undefined);
  }
}

function drain(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), PATIENCE);
  const read = (): Promise<unknown> => reader.read().then(({ done }) => done || read());
  read()
    .catch(() => undefined)
    .finally(() => clearTimeout(timer));
}
