import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sumCounts, toBatches, vectorsInOrder } from "./embeddings.js";

describe("toBatches", () => {
  it("keeps all texts in order, each batch within the limits but for a single text that is too long", () => {
    const texts = fc.array(fc.string({ maxLength: 20 }), { maxLength: 50 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 }), (values, most, size) => {
        const batches = toBatches(values, { values: most, size, sizeOf: ({ length }) => length });
        expect(batches.flat()).toEqual(values);
        for (const batch of batches) {
          expect(batch.length > 0 && batch.length <= most).toBe(true);
          expect(batch.length === 1 || batch.join("").length <= size).toBe(true);
        }
      }),
    );
  });

  it("counts texts alone where there is no other limit, and tokens on the high side where there is", () => {
    expect(toBatches(["a", "b", "c"], { values: 2 })).toEqual([["a", "b"], ["c"]]);
    expect(toBatches(["长".repeat(6), "长".repeat(6)], { values: 9, size: 10 })).toHaveLength(2);
    expect(toBatches(["x".repeat(6), "x".repeat(6)], { values: 9, size: 10 })).toHaveLength(1);
  });
});

describe("sumCounts", () => {
  it("is unknown as soon as one answer does not count", () => {
    expect(sumCounts([1, 2, 0])).toBe(3);
    expect(sumCounts([])).toBe(0);
    for (const absent of [undefined, null, "2"]) expect(sumCounts([1, absent, 2])).toBeUndefined();
  });
});

describe("vectorsInOrder", () => {
  it("says whose answer it is that holds something else", () => {
    const base64 = Buffer.from(Float32Array.of(1, 2).buffer).toString("base64");
    expect(
      vectorsInOrder(
        [
          { index: 1, embedding: [3, 4] },
          { index: 0, embedding: base64 },
        ],
        2,
        {},
        "Acme's answer",
      ),
    ).toEqual([Float32Array.of(1, 2), Float32Array.of(3, 4)]);
    for (const data of [undefined, [null], [{ embedding: null }], [{ embedding: [1] }, { embedding: [1] }]]) {
      expect(() => vectorsInOrder(data, 1, { data }, "Acme's answer")).toThrow(
        expect.objectContaining({
          kind: "malformed-response",
          message: expect.stringMatching(/^Acme's answer (holds no|does not)/),
        }),
      );
    }
  });
});
