import {
  type AdapterEvent,
  headersToObject,
  isLLMError,
  type ServerSentEvent,
  ServerSentEventParser,
} from "@llmux/core/adapter";
import { ChatDecoder } from "./chat-decoder.js";
import { malformed, readJSON } from "./read-json.js";
import type { WireCompletion } from "./wire.js";

/** How long a server may take to end a body whose end marker has come, in milliseconds, before its connection is given up. */
const PATIENCE = 1000;

/**
 * The events of a streamed reply, one batch for each piece that comes off the wire. Leaving early cancels the body, which closes the
 * connection; after the end marker the rest is read aside, so that the connection can be used again.
 *
 * @throws LLMError for an error in mid-stream, for what is no chunk, and where the stream ends before its end
 */
export async function* readChatStream(open: () => Promise<Response>): AsyncGenerator<AdapterEvent[], void, void> {
  const response = await open();
  if (response.headers.get("content-type")?.includes("application/json")) await refuse(response);
  if (!response.body) throw malformed("The answer has no body", "");
  const headers = headersToObject(response.headers);
  yield [{ type: "start", response: { requestId: headers["x-request-id"], headers } }];
  const reader = response.body.getReader();
  const text = new TextDecoder();
  const parser = new ServerSentEventParser();
  const decoder = new ChatDecoder();
  let left = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      let failure: unknown;
      try {
        for (const event of parser.push(done ? text.decode() : text.decode(value, { stream: true }), done)) {
          read(event, decoder, done);
          if (decoder.done || decoder.reported) break;
        }
        if (done) decoder.end();
        if (decoder.reported) failure = (await import("./errors.js")).errorFromBody(decoder.reported);
      } catch (error) {
        failure = isLLMError(error) ? error : malformed("The stream holds an event of another shape", String(error));
      }
      left = done || decoder.done;
      if (decoder.done && !done) drain(reader);
      const events = decoder.take();
      // What came before a failure is the caller's, and has to reach them first.
      if (events.length > 0) yield events;
      if (failure !== undefined) throw failure;
      if (left) return;
    }
  } finally {
    if (!left) await reader.cancel().catch(() => undefined);
  }
}

function read({ data }: ServerSentEvent, decoder: ChatDecoder, last: boolean): void {
  if (data === "[DONE]") {
    decoder.finish();
    return;
  }
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    // At the end of the body it may be no more than the end of a stream that was cut, and what came before decides.
    if (last) return;
    throw malformed("The stream holds an event that is not JSON", data);
  }
  if (typeof value !== "object" || value === null) throw malformed("The stream holds an event that is no object", data);
  decoder.push(value as WireCompletion);
}

/** An answer that is no stream is an error, or comes from a server that knows no streams. */
async function refuse(response: Response): Promise<never> {
  const body = await readJSON<WireCompletion>(response);
  if (body.error) throw (await import("./errors.js")).errorFromBody(body);
  throw malformed("Asked for a stream, the server answered with something else", body);
}

function drain(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), PATIENCE);
  const rest = async (): Promise<void> => {
    while (!(await reader.read()).done);
  };
  void rest()
    .catch(() => undefined)
    .finally(() => clearTimeout(timer));
}
