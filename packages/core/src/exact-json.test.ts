import fc from "fast-check";
import { expect, it } from "vitest";
import { isLLMError, LLMError } from "./errors.js";
import { fromExactJSON, toExactJSON } from "./exact-json.js";

const leaf = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.double(),
  fc.boolean(),
  fc.bigInt(),
  fc.constant(null),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array(),
  fc.float32Array(),
  fc.webUrl().map((url) => new URL(url)),
);
const key = fc.oneof(fc.string(), fc.constantFrom("$llmux", "value", "__proto__", "toJSON"));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(fc.oneof(tie("value"), fc.constant(undefined))),
    fc.dictionary(key, tie("value"), { noNullPrototype: true }),
  ),
}));

it("reads back exactly what it wrote, on one line", () => {
  fc.assert(
    fc.property(value!, (given) => {
      const text = toExactJSON(given);
      expect(text).not.toContain("\n");
      expect(fromExactJSON(text)).toStrictEqual(given);
    }),
  );
});

it("keeps what an error knows, and not its cause", () => {
  const error = new LLMError({
    kind: "rate-limit",
    message: "slow",
    retryAfter: 5,
    status: 429,
    cause: new Error("secret"),
  });
  const text = toExactJSON({ error });
  expect(text).not.toContain("secret");
  const { error: read } = fromExactJSON(text) as { error: LLMError };
  expect(isLLMError(read, "rate-limit")).toBe(true);
  expect(read.toJSON()).toEqual(error.toJSON());
});

it("refuses functions", () => {
  expect(() => toExactJSON({ schema: () => 1 })).toThrow(/JSON Schema/);
});
