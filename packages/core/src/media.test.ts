import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ImagePart, MediaData } from "./content.js";
import { base64ToBytes, bytesToBase64, mediaSource, toDataURL } from "./media.js";

const image = (data: MediaData, mediaType?: string): ImagePart => ({ type: "image", data, mediaType });
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const inline = { kind: "base64", base64: PNG, mediaType: "image/png" };

describe("mediaSource", () => {
  it("takes bytes, base64 and data URLs alike", () => {
    for (const data of [
      base64ToBytes(PNG),
      Buffer.from(PNG, "base64"),
      PNG,
      `data:image/png;base64,${PNG}`,
      new URL(`data:image/png;base64,${PNG}`),
    ]) {
      expect(mediaSource(image(data))).toEqual(inline);
    }
    expect(mediaSource(image(`data:;base64,${PNG}`))).toEqual(inline);
    expect(mediaSource(image(`data:image/png;name=a.png;base64,${PNG}`))).toEqual(inline);
  });

  it("mends base64 with line breaks and in the alphabet for URLs", () => {
    expect(mediaSource(image(`${PNG.replace(/.{20}/g, "$&\r\n")}\n`))).toEqual(inline);
    expect(mediaSource(image(PNG.replaceAll("+", "-").replaceAll("/", "_")))).toEqual(inline);
  });

  it("passes on URLs and ids of stored files", () => {
    const url = "https://x.test/a.png";
    expect(mediaSource(image(url))).toEqual({ kind: "url", url, mediaType: undefined });
    expect(mediaSource(image(new URL(url), "image/png"))).toEqual({ kind: "url", url, mediaType: "image/png" });
    expect(mediaSource(image({ fileId: "file-1" }))).toEqual({ kind: "file", fileId: "file-1" });
  });

  it("believes what the part says of its type before the data URL, and that before the bytes", () => {
    expect(mediaSource(image(`data:image/png;base64,${PNG}`, "image/x-own"))).toMatchObject({
      mediaType: "image/x-own",
    });
    expect(mediaSource(image(`data:image/webp;base64,${PNG}`))).toMatchObject({ mediaType: "image/webp" });
  });

  const riff = (kind: string): number[] => [...Buffer.from(`RIFF\x01\xff\x7f\x00${kind}fmt `, "latin1")];
  it.each<[string, number[]]>([
    ["image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]],
    ["image/jpeg", [0xff, 0xd8, 0xff, 0xe0, 0]],
    ["image/gif", [...Buffer.from("GIF89a")]],
    ["image/webp", riff("WEBP")],
    ["audio/wav", riff("WAVE")],
    ["application/pdf", [...Buffer.from("%PDF-1.7")]],
    ["audio/mpeg", [...Buffer.from("ID3\x04")]],
    ["audio/mpeg", [0xff, 0xfb, 0x90, 0]],
    ["audio/flac", [...Buffer.from("fLaC\0")]],
    ["audio/ogg", [...Buffer.from("OggS\0")]],
  ])("tells %s by its bytes", (mediaType, bytes) => {
    expect(mediaSource(image(Uint8Array.from(bytes)))).toMatchObject({ mediaType });
  });

  it.each<[unknown, string]>([
    ["", "is not base64"],
    ["./photo.png", "is not base64"],
    ["not base64!", "is not base64"],
    ["file:///etc/passwd", "can't be sent"],
    ["C:\\photo.png", "can't be sent"],
    ["data:text/plain,hello", "can't be sent"],
    ["aGVsbG8=", "give its mediaType"],
    [new Uint8Array([1, 2, 3]), "give its mediaType"],
    [new Uint8Array(), "give its mediaType"],
    [{}, "must be bytes"],
    [undefined, "must be bytes"],
    [null, "must be bytes"],
    [5, "must be bytes"],
  ])("refuses %o", (data, message) => {
    expect(() => mediaSource(image(data as MediaData))).toThrow(
      expect.objectContaining({
        kind: "invalid-request",
        parameter: "image.data",
        message: expect.stringContaining(message),
      }),
    );
  });

  it("takes unknown bytes whose type is given", () => {
    expect(mediaSource({ type: "file", data: "aGVsbG8=", mediaType: "text/plain" })).toEqual({
      kind: "base64",
      base64: "aGVsbG8=",
      mediaType: "text/plain",
    });
  });
});

describe("toDataURL", () => {
  it("gives a URL as it is, bytes as a data URL", () => {
    expect(toDataURL({ kind: "url", url: "https://x.test/", mediaType: undefined })).toBe("https://x.test/");
    expect(toDataURL(mediaSource(image(PNG)) as never)).toBe(`data:image/png;base64,${PNG}`);
  });
});

describe("base64", () => {
  it("comes back as it went, with and without the runtime's own", () => {
    const own = Object.getOwnPropertyDescriptor(Uint8Array.prototype, "toBase64");
    const from = Object.getOwnPropertyDescriptor(Uint8Array, "fromBase64");
    const check = (): void =>
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
          expect(bytesToBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
          expect(Uint8Array.from(base64ToBytes(bytesToBase64(bytes)))).toEqual(Uint8Array.from(bytes));
        }),
      );
    check();
    const large = new Uint8Array(300_000).fill(7);
    expect(bytesToBase64(large)).toBe(Buffer.from(large).toString("base64"));
    if (!own || !from) return;
    delete (Uint8Array.prototype as { toBase64?: unknown }).toBase64;
    delete (Uint8Array as { fromBase64?: unknown }).fromBase64;
    try {
      check();
    } finally {
      Object.defineProperty(Uint8Array.prototype, "toBase64", own);
      Object.defineProperty(Uint8Array, "fromBase64", from);
    }
  });
});
