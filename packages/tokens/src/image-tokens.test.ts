import { bytesToBase64 } from "@llmux/core/media";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imageSize } from "./image-size.js";
import { imageTokens } from "./image-tokens.js";

const bytes = (...values: (number | string)[]) =>
  Uint8Array.from(
    values.flatMap((value) => (typeof value === "string" ? [...value].map((c) => c.charCodeAt(0)) : [value])),
  );
const zeros = (count: number) => Array.from({ length: count }, () => 0);
const png = (width: number, height: number) => {
  const data = bytes(0x89, "PNG\r\n", 0x1a, 0x0a, 0, 0, 0, 13, "IHDR", ...zeros(9));
  const view = new DataView(data.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return data;
};

describe("imageSize", () => {
  it("reads each format's header", () => {
    const cases: [string, Uint8Array][] = [
      ["png", png(640, 480)],
      ["gif", bytes("GIF89a", 0x80, 0x02, 0xe0, 0x01, ...zeros(20))],
      // With a segment before the frame, and a fill byte.
      [
        "jpeg",
        bytes(0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 17, 8, 0x01, 0xe0, 0x02, 0x80, 3, ...zeros(10)),
      ],
      ["lossy webp", bytes("RIFF", ...zeros(4), "WEBPVP8 ", ...zeros(10), 0x80, 0x02, 0xe0, 0x01)],
      // 639 and 479 in 14 bits each.
      ["lossless webp", bytes("RIFF", ...zeros(4), "WEBPVP8L", ...zeros(4), 0x2f, 0x7f, 0xc2, 0x77, 0x00, ...zeros(8))],
      ["extended webp", bytes("RIFF", ...zeros(4), "WEBPVP8X", ...zeros(8), 0x7f, 0x02, 0, 0xdf, 0x01, 0)],
    ];
    for (const [format, data] of cases) {
      const size = { width: 640, height: 480 };
      expect([format, imageSize(data)]).toEqual([format, size]);
      expect([format, imageSize(bytesToBase64(data))]).toEqual([format, size]);
      expect([format, imageSize(`data:image/${format};base64,${bytesToBase64(data)}`)]).toEqual([format, size]);
    }
  });

  it("does not know what is not at hand, or no picture", () => {
    for (const data of [
      "https://a.example/x.png",
      new URL("https://a.example/x.png"),
      { fileId: "file_1" },
      "",
      "%",
      png(0, 1),
    ])
      expect(imageSize(data)).toBeUndefined();
    fc.assert(fc.property(fc.uint8Array(), (data) => void imageSize(data)));
    const starts = [
      [0xff, 0xd8, 0xff],
      [0x89, 0x50, 0x4e, 0x47],
      [0x52, 0x49, 0x46, 0x46],
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...starts),
        fc.uint8Array(),
        (start, rest) => void imageSize(Uint8Array.of(...start, ...rest)),
      ),
    );
  });
});

describe("imageTokens", () => {
  // 765, 1105 and the 1452 patches of a picture of 1800 by 2400 are the examples of OpenAI's guide; the others follow from its rules.
  it.each([
    [1024, 1024, "gpt-4o", 765],
    [2048, 4096, "gpt-4o", 1105],
    [4096, 8192, "gpt-4o", 1105],
    [1024, 1024, "gpt-5", 630],
    [1024, 1024, "gpt-4o-mini", 2833 + 4 * 5667],
    [1024, 1024, "gpt-4.1-mini", Math.ceil(1024 * 1.62)],
    [1800, 2400, "o4-mini", Math.ceil(1452 * 1.72)],
    [512, 512, "gpt-4o", 255],
    [1, 10_000, "gpt-4o", 85 + 170 * 4],
  ])("%i × %i for %s is %i", (width, height, model, tokens) => {
    expect(imageTokens({ data: png(width, height) }, model)).toBe(tokens);
  });

  it("does not look closely at low detail, and guesses what it can't see", () => {
    expect(imageTokens({ data: png(4096, 4096), detail: "low" }, "gpt-4o")).toBe(85);
    expect(imageTokens({ data: "https://a.example/x.png" })).toBe(765);
  });
});
