import { LLMError } from "@llmux/core/adapter";

/** One frame of an AWS event stream. */
export interface Frame {
  /** `:message-type`: `event`, `exception`, or `error` for what the service has no name for. */
  type: string;
  /** `:event-type`, `:exception-type` or `:error-code`. */
  name: string;
  /** `:error-message`. */
  message: string | undefined;
  /** The body, which Bedrock writes in JSON. */
  text: string;
}

const PRELUDE = 12;
const CHECKSUM = 4;
/** The longest frame that AWS sends. */
const LONGEST = 24 * 1024 * 1024;

/**
 * Takes the frames out of the bytes of an AWS event stream, however these are cut. Written anew because the SDK's own reader hands
 * over one frame a turn, leaves out events that are younger than it, and reads a body into classes.
 * Format: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html
 */
export class FrameParser {
  #rest: Uint8Array = new Uint8Array();
  readonly #decoder = new TextDecoder();

  /** Whether a frame has begun and not ended. */
  get pending(): boolean {
    return this.#rest.length > 0;
  }

  /** @throws LLMError `malformed-response` where the bytes are no frames; the frames before are lost only if they came in the same piece */
  push(piece: Uint8Array): Frame[] {
    let bytes = piece;
    if (this.#rest.length > 0) {
      bytes = new Uint8Array(this.#rest.length + piece.length);
      bytes.set(this.#rest);
      bytes.set(piece, this.#rest.length);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const frames: Frame[] = [];
    let at = 0;
    while (bytes.length - at >= PRELUDE) {
      const length = view.getUint32(at);
      const headers = view.getUint32(at + 4);
      const sound = view.getUint32(at + 8) === crc32(bytes, at, at + 8);
      if (!sound || length > LONGEST || length < PRELUDE + CHECKSUM + headers)
        throw this.#malformed(bytes.subarray(at));
      if (bytes.length - at < length) break;
      const end = at + length - CHECKSUM;
      if (view.getUint32(end) !== crc32(bytes, at, end)) throw this.#malformed(bytes.subarray(at));
      frames.push(this.#frame(bytes, view, at + PRELUDE, at + PRELUDE + headers, end));
      at += length;
    }
    this.#rest = bytes.subarray(at);
    return frames;
  }

  #frame(bytes: Uint8Array, view: DataView, start: number, body: number, end: number): Frame {
    const headers: Record<string, string> = {};
    for (let at = start; at < body; ) {
      const nameEnd = at + 1 + view.getUint8(at);
      const name = ascii(bytes, at + 1, nameEnd);
      const kind = view.getUint8(nameEnd);
      at = nameEnd + 1;
      if (kind === 6 || kind === 7) {
        const length = view.getUint16(at);
        if (kind === 7) headers[name] = this.#decoder.decode(bytes.subarray(at + 2, at + 2 + length));
        at += 2 + length;
      } else {
        const size = SIZES[kind];
        if (size === undefined) throw this.#malformed(bytes.subarray(start));
        at += size;
      }
    }
    return {
      type: headers[":message-type"] ?? "event",
      name: headers[":event-type"] ?? headers[":exception-type"] ?? headers[":error-code"] ?? "",
      message: headers[":error-message"],
      text: this.#decoder.decode(bytes.subarray(body, end)),
    };
  }

  #malformed(bytes: Uint8Array): LLMError {
    const text = this.#decoder.decode(bytes.subarray(0, 10_000));
    return new LLMError({ kind: "malformed-response", message: "The stream holds bytes that are no event", text });
  }
}

/** Cheaper than a decoder for a few letters; names of headers are never more than ASCII. */
function ascii(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] as number);
  return text;
}

/** Bytes of a header's value by its type: two booleans, the integers, a time, a UUID. */
const SIZES: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };

let table: Uint32Array | undefined;

function crc32(bytes: Uint8Array, start: number, end: number): number {
  table ??= Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  let crc = 0xffffffff;
  for (let at = start; at < end; at++) crc = (table[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
