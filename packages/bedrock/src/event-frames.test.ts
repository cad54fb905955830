import { recut } from "@llmux/test-support";
import { EventStreamCodec } from "@smithy/core/event-streams";
import { describe, expect, it } from "vitest";
import { type Frame, FrameParser } from "./event-frames.js";
import { encodeFrame } from "./testing/encode-frame.js";

const text = "grüß 👋";
const bytes = Buffer.concat([
  encodeFrame({ ":event-type": "a" }, { text }),
  encodeFrame({ ":event-type": "b" }, ""),
  encodeFrame({ ":message-type": "exception", ":exception-type": "throttlingException" }, { message: "Slow" }),
  encodeFrame({ ":message-type": "error", ":error-code": "Bad", ":error-message": "Very" }, ""),
]);
const frames: Frame[] = [
  { type: "event", name: "a", message: undefined, text: JSON.stringify({ text }) },
  { type: "event", name: "b", message: undefined, text: "" },
  { type: "exception", name: "throttlingException", message: undefined, text: '{"message":"Slow"}' },
  { type: "error", name: "Bad", message: "Very", text: "" },
];

describe("FrameParser", () => {
  it("reads what the SDK's writer wrote, however it is cut", () => {
    for (const pieces of [
      [bytes],
      ...[1, 2, 3, 4].map((seed) => recut(bytes, seed, 20)),
      [...bytes].map((byte) => Uint8Array.of(byte)),
    ]) {
      const parser = new FrameParser();
      expect(pieces.flatMap((piece) => parser.push(piece))).toEqual(frames);
      expect(parser.pending).toBe(false);
    }
  });

  it("knows that a frame has not ended", () => {
    for (let length = 1; length < 20; length++) {
      const parser = new FrameParser();
      expect(parser.push(bytes.subarray(0, length))).toEqual([]);
      expect(parser.pending).toBe(true);
    }
  });

  it("skips headers of every type", () => {
    const codec = new EventStreamCodec(String, (said) => Buffer.from(said));
    const frame = codec.encode({
      headers: {
        yes: { type: "boolean", value: true },
        no: { type: "boolean", value: false },
        byte: { type: "byte", value: 1 },
        short: { type: "short", value: 2 },
        integer: { type: "integer", value: 3 },
        binary: { type: "binary", value: Uint8Array.of(1, 2) },
        time: { type: "timestamp", value: new Date(0) },
        uuid: { type: "uuid", value: "00000000-0000-4000-8000-000000000000" },
        ":event-type": { type: "string", value: "last" },
      },
      body: Buffer.from("{}"),
    });
    expect(new FrameParser().push(frame)).toMatchObject([{ name: "last", text: "{}" }]);
  });

  it("notices every byte that is wrong", () => {
    const whole = encodeFrame({ ":event-type": "a" }, { text });
    for (let at = 0; at < whole.length; at++) {
      const wrong = Uint8Array.from(whole);
      wrong[at] = (wrong[at] as number) ^ 0x10;
      expect(() => new FrameParser().push(wrong), `byte ${at}`).toThrow(/no event/);
    }
  });

  it("shows what came instead of frames", () => {
    expect(() => new FrameParser().push(Buffer.from("<html>Log in</html>"))).toThrow(
      expect.objectContaining({ kind: "malformed-response", text: "<html>Log in</html>" }),
    );
  });
});
