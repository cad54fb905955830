import { LLMError, type LLMErrorKind } from "@llmux/core";
import { expect, it } from "vitest";
import { errorLine, explain, seconds, UsageError } from "./errors.js";

const kinds: LLMErrorKind[] = [
  "authentication",
  "permission",
  "not-found",
  "context-window-exceeded",
  "content-policy",
  "rate-limit",
  "quota-exceeded",
  "overloaded",
  "server",
  "connection",
  "timeout",
  "malformed-response",
  "unsupported",
];

it.each(kinds)("%s: one line, with what to do", (kind) => {
  const line = errorLine(new LLMError({ kind, message: "It is so:\n  first\n  second", provider: "openai" }));
  expect(line).toMatch(new RegExp(`^${kind}: It is so: first; second → .+`));
  expect(line).not.toContain("\n");
});

it("says when to come back, where the server did", () => {
  const error = new LLMError({ kind: "rate-limit", message: "slow down", retryAfter: 42_000 });
  expect(explain(error).advice).toBe("send it again in 42 s");
  expect([seconds(1), seconds(119_000), seconds(600_000)]).toEqual(["1 s", "119 s", "10 min"]);
});

it("tells usage and its own mistakes apart, and shows no key", () => {
  expect(explain(new UsageError("no"))).toMatchObject({ kind: "usage", message: "no" });
  expect(explain(new TypeError("bad sk-0123456789abcdefghij"))).toMatchObject({
    kind: "internal",
    message: "bad sk-***",
  });
  expect(errorLine("odd")).toBe("internal: odd");
});
