/**
 * A writer of GGUF files, version 3, for tests. The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export type GgufValue =
  | { type: "u32" | "i32" | "f32"; value: number }
  | { type: "bool"; value: boolean }
  | { type: "string"; value: string }
  | { type: "strings"; value: readonly string[] }
  | { type: "f32s" | "i32s"; value: readonly number[] };

/** A tensor of 32-bit floats. `shape` as GGUF has it: the length of a row first. */
export interface GgufTensor {
  name: string;
  shape: readonly number[];
  data: Float32Array;
}

const TYPES = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, strings: 8, f32s: 6, i32s: 5 };
const ARRAY = 9;
const ALIGNMENT = 32;

export function writeGguf(metadata: Readonly<Record<string, GgufValue>>, tensors: readonly GgufTensor[]): Buffer {
  const parts: Buffer[] = [];
  const u32 = (value: number): number => parts.push(number(4, (b) => b.writeUInt32LE(value)));
  const i32 = (value: number): number => parts.push(number(4, (b) => b.writeInt32LE(value)));
  const f32 = (value: number): number => parts.push(number(4, (b) => b.writeFloatLE(value)));
  const u64 = (value: number): number => parts.push(number(8, (b) => b.writeBigUInt64LE(BigInt(value))));
  const text = (value: string): void => {
    const bytes = Buffer.from(value);
    u64(bytes.length);
    parts.push(bytes);
  };
  parts.push(Buffer.from("GGUF"));
  u32(3);
  u64(tensors.length);
  u64(Object.keys(metadata).length);
  for (const [key, entry] of Object.entries(metadata)) {
    text(key);
    if (Array.isArray(entry.value)) {
      u32(ARRAY);
      u32(TYPES[entry.type]);
      u64(entry.value.length);
    } else u32(TYPES[entry.type]);
    if (entry.type === "string") text(entry.value);
    else if (entry.type === "strings") entry.value.forEach(text);
    else if (entry.type === "bool") parts.push(Buffer.from([entry.value ? 1 : 0]));
    else {
      const write = { u: u32, i: i32, f: f32 }[entry.type[0] as "u" | "i" | "f"];
      for (const value of [entry.value].flat()) write(value);
    }
  }
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    text(name);
    u32(shape.length);
    shape.forEach(u64);
    u32(0);
    u64(offset);
    offset += aligned(data.byteLength);
  }
  const head = Buffer.concat(parts);
  const padded = tensors.flatMap(({ data }) => [
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    Buffer.alloc(aligned(data.byteLength) - data.byteLength),
  ]);
  return Buffer.concat([head, Buffer.alloc(aligned(head.length) - head.length), ...padded]);
}

const aligned = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

function number(bytes: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(bytes);
  write(buffer);
  return buffer;
}
