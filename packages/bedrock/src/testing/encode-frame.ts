import { EventStreamCodec } from "@smithy/core/event-streams";

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString()),
  (text) => Buffer.from(text),
);

/** A frame of an event stream by the SDK's own writer: `:message-type` is `event` unless given. */
export function encodeFrame(headers: Record<string, string>, payload: unknown): Uint8Array {
  const all = { ":message-type": "event", ":content-type": "application/json", ...headers };
  return codec.encode({
    headers: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, { type: "string", value }])),
    body: Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload)),
  });
}
