import { type AdapterEvent, LLMError, readPieces } from "@llmux/core/adapter";
import type { Answer } from "./connection.js";
import { FrameParser } from "./event-frames.js";

/** What makes events out of one API's own. */
export interface StreamReader {
  /** Whether the provider's end marker has come. */
  readonly ended: boolean;
  /** Whether the last event has been made. */
  readonly finished: boolean;
  take(name: string, payload: Record<string, unknown>, out: AdapterEvent[]): void;
  /** Makes the last event from what is known. */
  finish(out: AdapterEvent[]): void;
}

/** A stream that the provider has begun to send. */
export interface OpenedStream {
  answer: Answer;
  reader: StreamReader;
}

/**
 * Reads a streamed reply: one list of events for each piece off the wire.
 * @throws LLMError what an exception among the frames says; `malformed-response` for what is no event stream; `connection` where the
 * bytes end before the end marker has come, or in the middle of a frame
 */
export async function* readStream(open: () => Promise<OpenedStream>): AsyncGenerator<AdapterEvent[], void, void> {
  const { answer, reader } = await open();
  const type = answer.headers["content-type"] ?? "";
  if (/^(application\/json|text\/)/i.test(type)) {
    const { noStream } = await import("./no-stream.js");
    throw await noStream(answer.body);
  }
  const parser = new FrameParser();
  try {
    for await (const piece of readPieces(answer.body)) {
      // What still comes is read to its end all the same: only then can the connection be used again.
      if (reader.finished) continue;
      const out: AdapterEvent[] = [];
      const failure = await take(parser, reader, piece as Uint8Array, out);
      if (out.length > 0) yield out;
      if (failure) throw failure;
    }
  } catch (error) {
    // A connection that breaks after the last event takes nothing away.
    if (!reader.finished) throw error;
  }
  if (reader.finished) return;
  if (!reader.ended || parser.pending) {
    const where = parser.pending ? "in the middle of an event" : "before the message did";
    throw new LLMError({ kind: "connection", message: `The stream ended ${where}` });
  }
  const out: AdapterEvent[] = [];
  reader.finish(out);
  yield out;
}

/** The failure that a piece ends with, to be thrown once the events before it have been handed over. */
async function take(
  parser: FrameParser,
  reader: StreamReader,
  piece: Uint8Array,
  out: AdapterEvent[],
): Promise<unknown> {
  try {
    for (const frame of parser.push(piece)) {
      if (reader.finished) return undefined;
      if (frame.type !== "event") return (await import("./errors.js")).errorFromFrame(frame);
      reader.take(frame.name, payloadOf(frame.text), out);
    }
    return undefined;
  } catch (error) {
    return error;
  }
}

function payloadOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new LLMError({ kind: "malformed-response", message: "The stream holds an event that is not JSON", text });
}
