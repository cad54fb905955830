import { isLLMError } from "@llmux/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromEmbeddings, toBatches } from "./embeddings.js";

const base64 = (numbers: number[]): string => Buffer.from(Float32Array.from(numbers).buffer).toString("base64");

describe("batches", () => {
  it("hold all texts in order, each within the limits", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 20 }), { maxLength: 50 }),
        fc.integer({ min: 1, max: 9 }),
        (values, max) => {
          const batches = toBatches(values, max);
          expect(batches.flat()).toEqual(values);
          expect(batches.every(({ length }) => length > 0 && length <= max)).toBe(true);
        },
      ),
    );
    expect(toBatches(Array(5000).fill("a")).map(({ length }) => length)).toEqual([2048, 2048, 904]);
    expect(toBatches(["长".repeat(200_000), "长".repeat(200_000)])).toHaveLength(2);
    expect(toBatches(["x".repeat(2_000_000)])).toHaveLength(1);
  });
});

describe("vectors", () => {
  it("are read from base64 and from numbers, and put into the order of their texts", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.float({ noNaN: true }), { minLength: 3, maxLength: 3 }), { minLength: 1 }),
        (vectors) => {
          const data = vectors
            .map((vector, index) => ({ index, embedding: index % 2 ? vector : base64(vector) }))
            .reverse();
          expect(fromEmbeddings({ data }, vectors.length)).toEqual(vectors.map((vector) => Float32Array.from(vector)));
        },
      ),
    );
  });

  it("are read the same without Node's Buffer", () => {
    const node = globalThis.Buffer;
    const data = [{ embedding: base64([1, 2.5, -3]) }];
    try {
      Object.assign(globalThis, { Buffer: undefined });
      expect(fromEmbeddings({ data }, 1)).toEqual([Float32Array.from([1, 2.5, -3])]);
    } finally {
      Object.assign(globalThis, { Buffer: node });
    }
  });

  it("without an index, or with one that is null, are in the order they came", () => {
    const data = [{ index: null, embedding: [1] }, { embedding: [2] }];
    expect(fromEmbeddings({ data }, 2)).toEqual([Float32Array.of(1), Float32Array.of(2)]);
  });

  it.each([
    ["too few", [{ index: 0, embedding: [1] }], 2],
    [
      "one twice",
      [
        { index: 0, embedding: [1] },
        { index: 0, embedding: [1] },
      ],
      2,
    ],
    [
      "of unequal length",
      [
        { index: 0, embedding: [1] },
        { index: 1, embedding: [1, 2] },
      ],
      2,
    ],
    ["none at all", undefined, 1],
  ])("%s are malformed", (_, data, count) => {
    const read = (): unknown => fromEmbeddings(data ? { data } : {}, count);
    expect(read).toThrow(expect.toSatisfy((error: unknown) => isLLMError(error, "malformed-response")));
  });
});
