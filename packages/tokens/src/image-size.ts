import type { MediaData } from "@llmux/core";
import { base64ToBytes } from "@llmux/core/media";

export interface ImageSize {
  width: number;
  height: number;
}

/** Characters of base64 that are decoded: what stands before a JPEG's size is seldom longer. */
const HEAD = 400_000;

/** Pixels of a PNG, JPEG, GIF or WebP, as its header has them; `undefined` for other data, and for what is not at hand. */
export function imageSize(data: MediaData): ImageSize | undefined {
  const bytes = headOf(data);
  if (!bytes || bytes.length < 24) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = png(view) ?? gif(view) ?? webp(view) ?? jpeg(view);
  return size && size.width > 0 && size.height > 0 ? size : undefined;
}

function headOf(data: MediaData): Uint8Array | undefined {
  if (data instanceof Uint8Array) return data;
  const text = data instanceof URL ? data.href : data;
  if (typeof text !== "string") return undefined;
  const inline = /^data:[^,]*;base64,/.exec(text.slice(0, 200));
  if (!inline && text.slice(0, 200).includes(":")) return undefined;
  const start = inline?.[0].length ?? 0;
  try {
    return base64ToBytes(text.slice(start, start + HEAD));
  } catch {
    return undefined;
  }
}

function png(view: DataView): ImageSize | undefined {
  if (view.getUint32(0) !== 0x89504e47 || view.getUint32(12) !== 0x49484452) return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function gif(view: DataView): ImageSize | undefined {
  if (view.getUint32(0) !== 0x47494638) return undefined;
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

function webp(view: DataView): ImageSize | undefined {
  if (view.getUint32(0) !== 0x52494646 || view.getUint32(8) !== 0x57454250 || view.byteLength < 30) return undefined;
  const kind = view.getUint32(12);
  if (kind === 0x56503820)
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (kind === 0x5650384c) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  if (kind !== 0x56503858) return undefined;
  const three = (at: number) => (view.getUint16(at, true) | (view.getUint8(at + 2) << 16)) + 1;
  return { width: three(24), height: three(27) };
}

function jpeg(view: DataView): ImageSize | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 < view.byteLength; ) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    // Start of frame, but for tables and arithmetic coding, which share its range.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}
