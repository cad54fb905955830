import { type ByteSource, readPieces } from "./byte-source.js";
import { StreamFault } from "./stream-fault.js";

/** One event of a `text/event-stream`. */
export interface ServerSentEvent {
  /** `undefined` where the event names none. */
  event: string | undefined;
  data: string;
}

/** The longest event taken, in UTF-16 units; what never ends its line must not fill the memory. */
const MAX_EVENT_LENGTH = 64 * 1024 * 1024;

/**
 * Reads a `text/event-stream` as the WHATWG HTML standard has it (LF, CRLF and CR line ends, comments, several `data` lines),
 * and hands over the events in batches, one for each piece that came off the wire. Also gives an event that the stream ends
 * without closing: whether it is whole is for the reader of its data to tell.
 */
export async function* readServerSentEvents(body: ByteSource): AsyncGenerator<ServerSentEvent[], void, void> {
  const parser = new ServerSentEventParser();
  const decoder = new TextDecoder();
  for await (const piece of readPieces(body)) {
    const events = parser.push(typeof piece === "string" ? piece : decoder.decode(piece, { stream: true }));
    if (events.length > 0) yield events;
  }
  const rest = parser.push(decoder.decode(), true);
  if (rest.length > 0) yield rest;
}

export class ServerSentEventParser {
  /** What follows the last complete line; it holds no line end. */
  #buffer = "";
  /** Whether the text ended with a CR, of which a CRLF may still come. */
  #afterCR = false;
  #data: string | undefined;
  #event: string | undefined;

  /**
   * Takes a piece of text; gives the events it completes. With `end`, also one that the stream left open.
   * @throws StreamFault `too-long`
   */
  push(piece: string, end = false): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    let text = piece;
    if (this.#afterCR && text !== "") {
      if (text.charCodeAt(0) === 10) text = text.slice(1);
      this.#afterCR = false;
    }
    if (text.includes("\r")) {
      this.#afterCR = text.endsWith("\r");
      text = text.replace(/\r\n?/g, "\n");
    }
    if (end) text += "\n\n";
    // Only what is new is searched, and a long line that comes in many pieces is put together but once.
    let at = text.indexOf("\n");
    if (at === -1) this.#buffer += text;
    else {
      at += this.#buffer.length;
      text = this.#buffer + text;
      let start = 0;
      for (; at !== -1; at = text.indexOf("\n", start)) {
        if (at > start) this.#line(text, start, at);
        else {
          if (this.#data !== undefined) events.push({ event: this.#event, data: this.#data });
          this.#data = this.#event = undefined;
        }
        start = at + 1;
      }
      this.#buffer = text.slice(start);
    }
    if (this.#buffer.length + (this.#data?.length ?? 0) > MAX_EVENT_LENGTH) throw new StreamFault("too-long");
    return events;
  }

  #line(text: string, start: number, end: number): void {
    const value = (from: number): string => text.slice(text.charCodeAt(from) === 32 ? from + 1 : from, end);
    if (text.startsWith("data:", start)) this.#add(value(start + 5));
    else if (text.startsWith("event:", start)) this.#event = value(start + 6);
    else if (text.slice(start, end) === "data") this.#add("");
  }

  #add(line: string): void {
    this.#data = this.#data === undefined ? line : `${this.#data}\n${line}`;
  }
}
