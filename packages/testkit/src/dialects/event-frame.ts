import { crc32 } from "node:zlib";
import type { WireFrames } from "../dialect.js";

/**
 * A frame of the stream encoding of AWS (`application/vnd.amazon.eventstream`): length of all, length of the headers, a checksum of these,
 * headers, payload, a checksum of all that comes before it (https://smithy.io/2.0/aws/amazon-eventstream.html).
 */
export function eventFrame(headers: Readonly<Record<string, string>>, payload: object): Uint8Array {
  const head = Object.entries(headers).map(([name, value]) => headerOf(name, value));
  return frameOf(Buffer.concat(head), JSON.stringify(payload));
}

/** Its frames, as those of a response. */
export const eventFrames: WireFrames = {
  text: (frame) => Buffer.from(frame.subarray(PRELUDE + headLength(frame), -CHECKSUM)).toString(),
  withText: (frame, text) => frameOf(frame.subarray(PRELUDE, PRELUDE + headLength(frame)), text),
};

/** With its own checksum. */
const PRELUDE = 12;
const CHECKSUM = 4;
const STRING = 7;

function frameOf(head: Uint8Array, text: string): Uint8Array {
  const body = Buffer.from(text);
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(PRELUDE + head.length + body.length + CHECKSUM, 0);
  prelude.writeUInt32BE(head.length, 4);
  const unsealed = Buffer.concat([prelude, checksum(prelude), head, body]);
  return new Uint8Array(Buffer.concat([unsealed, checksum(unsealed)]));
}

function headLength(frame: Uint8Array): number {
  return Buffer.from(frame).readUInt32BE(4);
}

function headerOf(name: string, value: string): Buffer {
  const text = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([
    Buffer.from([Buffer.byteLength(name)]),
    Buffer.from(name),
    Buffer.from([STRING]),
    length,
    text,
  ]);
}

function checksum(bytes: Uint8Array): Buffer {
  const result = Buffer.alloc(CHECKSUM);
  result.writeUInt32BE(crc32(bytes));
  return result;
}
