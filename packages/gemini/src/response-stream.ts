import {
  type AdapterEvent,
  type ByteSource,
  LLMError,
  readPieces,
  type ServerSentEvent,
  ServerSentEventParser,
} from "@llmux/core/adapter";
import { checkAnswers } from "./check-answers.js";
import type { ResponseReader } from "./response-reader.js";
import type { WireResponse } from "./wire.js";

/** Most of what is kept of a stream's bare text, in UTF-16 units. */
const MAX_BARE = 65_536;

export interface OpenedStream {
  body: ByteSource;
  /** Where the body is JSON all the same: one answer, or a list of its pieces, as without `alt=sse`. */
  whole?: boolean | undefined;
  reader: ResponseReader;
}

/**
 * Reads a streamed answer: one list of events for each piece off the wire. The API has no end marker of its own: an answer has ended
 * when its bytes have, and the model has said why it stopped.
 * @throws LLMError what an error in mid-stream says; `malformed-response` for what is no answer of this API; `connection` where the
 * bytes end before the model has said why it stopped
 */
export async function* readResponseStream(
  open: () => Promise<OpenedStream>,
): AsyncGenerator<AdapterEvent[], void, void> {
  const { body, whole, reader } = await open();
  const stream = new ResponseStream(reader, whole === true);
  try {
    for await (const piece of readPieces(body)) {
      const batch = stream.push(piece);
      if (batch.length > 0) yield batch;
      if (stream.failed) throw await stream.failure();
    }
  } catch (error) {
    // A connection that breaks after the end, and not within an event, takes nothing away.
    if (!reader.ended || stream.within) throw error;
  }
  const batch = stream.end();
  if (stream.failed) {
    if (batch.length > 0) yield batch;
    throw await stream.failure();
  }
  if (!reader.ended) throw await stream.cutShort();
  reader.finish();
  yield [...batch, ...reader.take()];
}

class ResponseStream {
  readonly #reader: ResponseReader;
  readonly #parser = new ServerSentEventParser();
  readonly #decoder = new TextDecoder();
  /** All of the text, where it is no stream of events. */
  #json: string | undefined;
  /** Text since the last event that looks like JSON of its own: so the API breaks off now and then, with an error. */
  #bare: string | undefined;
  /** The last event where it was not JSON: garbage if anything follows, a cut stream if nothing does. */
  #broken: { data: string; cause: unknown } | undefined;
  #failure: { error: unknown } | { reported: unknown } | undefined;

  constructor(reader: ResponseReader, whole: boolean) {
    this.#reader = reader;
    if (whole) this.#json = "";
  }

  /** Whether something ended the stream, to be thrown once the events before it have been handed over. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** Whether an event has begun that has not ended. */
  get within(): boolean {
    return this.#json !== undefined || this.#broken !== undefined || this.#parser.push("", true).length > 0;
  }

  async failure(): Promise<unknown> {
    const failure = this.#failure as NonNullable<typeof this.failure> & { error?: unknown; reported?: unknown };
    return failure.reported === undefined
      ? failure.error
      : (await import("./errors.js")).errorFromBody(failure.reported);
  }

  push(piece: Uint8Array | string): AdapterEvent[] {
    const text = typeof piece === "string" ? piece : this.#decoder.decode(piece, { stream: true });
    if (this.#json !== undefined) {
      this.#json += text;
      return [];
    }
    const events = this.#parser.push(text);
    if (events.length > 0) this.#bare = undefined;
    else if (this.#bare !== undefined || /^\s*[[{]/.test(text)) {
      this.#bare = `${this.#bare ?? ""}${text}`.slice(0, MAX_BARE);
    }
    return this.#events(events);
  }

  end(): AdapterEvent[] {
    if (this.#json === undefined) return this.#events(this.#parser.push(this.#decoder.decode(), true));
    const text = this.#json + this.#decoder.decode();
    // Some servers label streams as JSON.
    if (/^\s*(data|event|id|retry|):/.test(text)) {
      return this.#events([...this.#parser.push(text), ...this.#parser.push("", true)]);
    }
    this.#try(() => {
      const answer = parse(text, "The answer is not JSON");
      const answers: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
      if (!answers.some((one) => (one as WireResponse | null)?.error)) checkAnswers(answers, text);
      for (const one of answers) this.#answer(one, text);
    });
    return this.#reader.take();
  }

  async cutShort(): Promise<LLMError> {
    try {
      return (await import("./errors.js")).errorFromBody(JSON.parse(this.#bare ?? ""));
    } catch {
      const where = this.#broken ? "in the middle of an event" : "before the model said why it stopped";
      return new LLMError({ kind: "connection", message: `The stream ended ${where}`, cause: this.#broken?.cause });
    }
  }

  #events(events: readonly ServerSentEvent[]): AdapterEvent[] {
    this.#try(() => {
      for (const { data } of events) this.#event(data);
    });
    return this.#reader.take();
  }

  #event(data: string): void {
    // Not Google's own, but of gateways that speak OpenAI's protocol as well.
    if (data === "" || data === "[DONE]" || this.#failure) return;
    if (this.#broken)
      throw malformed("The stream holds an event that is not JSON", this.#broken.data, this.#broken.cause);
    let response: unknown;
    try {
      response = JSON.parse(data);
    } catch (cause) {
      this.#broken = { data, cause };
      return;
    }
    this.#answer(response, data);
  }

  #answer(response: unknown, text: string): void {
    if (typeof response !== "object" || response === null)
      throw malformed("The stream holds no answer of this API", text);
    if ((response as WireResponse).error) this.#failure ??= { reported: response };
    if (this.#failure) return;
    this.#reader.push(response as WireResponse);
  }

  #try(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#failure ??= { error };
    }
  }
}

function parse(text: string, message: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(message, text, cause);
  }
}

function malformed(message: string, text: string, cause?: unknown): LLMError {
  return new LLMError({ kind: "malformed-response", message, text, cause });
}
