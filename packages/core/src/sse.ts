import { type ByteSource, readPieces } from "./byte-source.js";
import { LLMError } from "./errors.js";

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
  /** What follows the last complete line. It holds no line end but perhaps a CR at its very end, which may open a CRLF. */
  #buffer = "";
  /** Whether it does. Kept apart: to look at the end of a long line that is still being added to copies it whole. */
  #pendingCR = false;
  #data: string | undefined;
  #event: string | undefined;

  /** Takes a piece of text; gives the events it completes. With `end`, also one that the stream left open. */
  push(text: string, end = false): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    const pendingCR = this.#pendingCR;
    const hasCR = pendingCR || text.includes("\r");
    if (!end && !hasCR && !text.includes("\n")) {
      // Appending alone keeps a long line from being searched and copied again with every piece.
      this.#buffer += text;
      this.#limit();
      return events;
    }
    let from = this.#buffer.length - (pendingCR ? 1 : 0);
    const buffer = this.#buffer === "" ? text : this.#buffer + text;
    let at = 0;
    let lf = buffer.indexOf("\n", from);
    let cr = hasCR ? buffer.indexOf("\r", from) : -1;
    for (;;) {
      // Each is searched again only once it has been passed: searching for both with every line would be quadratic.
      if (lf !== -1 && lf < from) lf = buffer.indexOf("\n", from);
      if (cr !== -1 && cr < from) cr = buffer.indexOf("\r", from);
      let lineEnd = lf;
      let next = lf + 1;
      if (cr !== -1 && (lineEnd === -1 || cr < lineEnd)) {
        // A CR at the very end may be the first half of a CRLF.
        if (cr === buffer.length - 1 && !end) break;
        lineEnd = cr;
        next = buffer.charCodeAt(cr + 1) === 10 ? cr + 2 : cr + 1;
      }
      if (lineEnd === -1) break;
      if (lineEnd === at) {
        if (this.#data !== undefined) events.push({ event: this.#event, data: this.#data });
        this.#data = undefined;
        this.#event = undefined;
      } else this.#line(buffer, at, lineEnd);
      at = from = next;
    }
    this.#buffer = at === 0 ? buffer : buffer.slice(at);
    this.#pendingCR = !end && hasCR && this.#buffer.endsWith("\r");
    if (end) {
      if (this.#buffer !== "") this.#line(this.#buffer, 0, this.#buffer.length);
      if (this.#data !== undefined) events.push({ event: this.#event, data: this.#data });
      this.#data = undefined;
      this.#buffer = "";
    } else this.#limit();
    return events;
  }

  #limit(): void {
    if (this.#buffer.length + (this.#data?.length ?? 0) > MAX_EVENT_LENGTH) {
      throw new LLMError({ kind: "malformed-response", message: "The stream holds an event of more than 64 MiB" });
    }
  }

  #line(buffer: string, start: number, end: number): void {
    if (buffer.startsWith("data:", start)) {
      const value = buffer.slice(buffer.charCodeAt(start + 5) === 32 ? start + 6 : start + 5, end);
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    } else if (buffer.startsWith("event:", start)) {
      this.#event = buffer.slice(buffer.charCodeAt(start + 6) === 32 ? start + 7 : start + 6, end);
    } else if (buffer.slice(start, end) === "data") this.#data = this.#data === undefined ? "" : `${this.#data}\n`;
  }
}
