import { expect, it, test } from "vitest";
import { fromStored, shown, toStored } from "./amounts.js";

test.each([
  [0, 0],
  [1, 1_000_000_000],
  [0.1 + 0.2, 300_000_000],
  // Ten tokens of an embedding.
  [0.000_000_2, 200],
  [1e-12, 1],
  [-1, 0],
  [Number.NaN, 0],
  [Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER],
])("$%d are %d nano-dollars", (usd, nano) => {
  expect(toStored(usd, "usd")).toBe(nano);
});

it("sums without drift what floating point would not", () => {
  const cheap = toStored(0.1, "usd");
  expect(fromStored(cheap * 3, "usd")).toBe(0.3);
  expect(0.1 + 0.1 + 0.1).not.toBe(0.3);
});

test.each([
  [5, "usd", "$5.00"],
  [0.5, "usd", "$0.50"],
  [0.0125, "usd", "$0.0125"],
  [2e-7, "usd", "$0.0000002"],
  [1200, "tokens", "1200 tokens"],
] as const)("shows %d %s as %s", (amount, unit, text) => {
  expect(shown(amount, unit)).toBe(text);
});
