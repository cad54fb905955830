import { type AdapterEvent, isLLMError, ServerSentEventParser } from "@llmux/core/adapter";
import { type ChatDecoder, ReportedError } from "./chat-decoder.js";
import { malformed } from "./read-json.js";

/** How long a server may take to end a body whose end marker has come, in milliseconds, before its connection is given up. */
const PATIENCE = 1000;

/**
 * The events of a body, one batch for each piece that comes off the wire. Leaving early cancels the body, which closes the connection;
 * after the end marker the rest is read aside, so that the connection can be used again.
 *
 * @throws LLMError what the stream reports, or what is wrong with it, after the events before it
 */
export async function* readStream(
  body: ReadableStream<Uint8Array>,
  decoder: ChatDecoder,
): AsyncGenerator<AdapterEvent[], void, void> {
  const reader = body.getReader();
  const text = new TextDecoder();
  const parser = new ServerSentEventParser();
  let open = true;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      let failure: unknown;
      try {
        for (const { data } of parser.push(text.decode(value, { stream: !done }), done)) {
          const pause = decoder.push(data);
          if (pause) await pause;
        }
        if (done) decoder.end();
      } catch (error) {
        failure = await failureOf(error);
      }
      const made = decoder.take();
      if (failure === undefined && (done || decoder.done)) {
        open = false;
        if (!done) drain(reader);
      }
      if (made.length > 0) yield made;
      if (failure !== undefined) throw failure;
      if (!open) return;
    }
  } finally {
    if (open) await reader.cancel().catch(() => undefined);
  }
}

/** What the decoder threw, as an error of the taxonomy. */
export async function failureOf(error: unknown): Promise<unknown> {
  if (isLLMError(error)) return error;
  if (error instanceof ReportedError) return (await import("./errors.js")).errorFromObject(error.reported);
  return malformed("Mistral's answer has another shape than it should", String(error));
}

function drain(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), PATIENCE);
  const read = async (): Promise<void> => {
    while (!(await reader.read()).done);
  };
  read()
    .catch(() => undefined)
    .finally(() => clearTimeout(timer));
}
