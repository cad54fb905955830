import { expect, it } from "vitest";
import { invalidOption } from "./invalid-option.js";

it.each([
  [[], "wait must be 0 or more"],
  [[-1], "wait must be 0 or more, not -1"],
  [[undefined], "wait must be 0 or more, not undefined"],
  [[null], "wait must be 0 or more, not null"],
  [[{ apiKey: "secret" }], "wait must be 0 or more, not that"],
] as [[value?: unknown], string][])("says what an option must be, and what it is: %j", (value, message) => {
  const error = invalidOption("wait", "must be 0 or more", ...value);
  expect(error).toMatchObject({ kind: "invalid-request", parameter: "wait", message, retryable: false });
});
