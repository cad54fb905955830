import type { AdapterEvent } from "./adapter-backend.js";
import { ServerSentEventParser } from "./sse.js";
import { StreamFault } from "./stream-fault.js";

/** Reads one reply that comes as server-sent events. */
export interface EventStreamDecoder {
  /**
   * Takes one event. What it makes of it before it throws is still the caller's. Where it gives a promise, the next is pushed only after
   * that.
   *
   * @param event its name, where it has one
   * @param last whether the body ended with this event still open: it may be no more than a part of one
   * @throws StreamFault, LLMError, or anything else: what it stumbles over has another shape than it should
   */
  push(data: string, event: string | undefined, last: boolean): undefined | void | Promise<void>;
  /**
   * Called at the end of the body, which with some providers is the end of the reply.
   * @throws StreamFault `cut` where it is not
   */
  end(): void;
  /** The events since the last take. */
  take(): AdapterEvent[];
  /** Whether the provider's end marker has come; the `finish` event has then been made. */
  readonly done: boolean;
}

/** How long a server may take to end a body whose end marker has come, in milliseconds, before its connection is given up. */
const PATIENCE = 1000;

/**
 * What a decoder makes of a body, one batch for each piece that comes off the wire. Leaving early cancels the body, which closes the
 * connection; after the end marker the rest is read aside, so that the connection can be used again.
 *
 * @param failureOf the error that stands for what the decoder threw as `reported`
 * @throws LLMError or StreamFault, which core puts in words, after the events before it
 */
export async function* readEventStream<Reported>(
  body: ReadableStream<Uint8Array> | null,
  decoder: EventStreamDecoder,
  failureOf: (reported: Reported) => unknown,
): AsyncGenerator<AdapterEvent[], void, void> {
  if (!body) throw new StreamFault("no-body");
  const reader = body.getReader();
  const cancel = (): Promise<void> => reader.cancel().catch(() => undefined);
  const text = new TextDecoder();
  const parser = new ServerSentEventParser();
  let open = true;
  try {
    while (open) {
      const { done, value } = await reader.read();
      let failure: unknown;
      try {
        const events = parser.push(text.decode(value, { stream: !done }), done);
        for (let at = 0; at < events.length && !decoder.done; at++) {
          const { data, event } = events[at] as { data: string; event: string | undefined };
          const pause = decoder.push(data, event, done);
          if (pause) await pause;
        }
        if (done) decoder.end();
        open = !done && !decoder.done;
        if (!open && !done) drain(reader, cancel);
      } catch (error) {
        failure = await (await import("./stream-failure.js")).streamFailure(error, failureOf);
      }
      const made = decoder.take();
      if (made.length > 0) yield made;
      if (failure) throw failure;
    }
  } finally {
    if (open) await cancel();
  }
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>, cancel: () => Promise<void>): Promise<void> {
  const timer = setTimeout(cancel, PATIENCE);
  try {
    while (!(await reader.read()).done);
  } catch {
    // The reply is whole: how the connection ended is nobody's concern.
  }
  clearTimeout(timer);
}
