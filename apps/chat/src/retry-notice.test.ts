import { LLMError, type LLMErrorKind, type RetryNotice } from "@llmux/core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RetryWait, reasonFor } from "./retry-notice.js";
import { testIO } from "./testing/test-io.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const notice = (wait: number): RetryNotice => ({
  error: new LLMError({ kind: "rate-limit", message: "slow down", provider: "openai" }),
  attempt: 2,
  attempts: 9,
  wait,
  at: new Date(Date.now() + wait),
  model: "gpt-4o",
});

it("counts down on a terminal, and takes the line away at the end", () => {
  const io = testIO({}, { tty: true });
  const wait = new RetryWait(io);
  wait.show(notice(17_000));
  vi.advanceTimersByTime(17_000);
  wait.clear();
  vi.advanceTimersByTime(60_000);
  const lines = io.err.split("\r\u001b[K");
  expect(lines[1]).toBe("rate limited by openai, attempt 2 of 9 in 17 s");
  expect(lines[2]).toBe("rate limited by openai, attempt 2 of 9 in 16 s");
  expect(lines.slice(-2)).toEqual(["rate limited by openai, attempt 2 of 9 now", ""]);
  expect(lines).toHaveLength(20);
});

it("says it once where there is no terminal", () => {
  const io = testIO();
  const wait = new RetryWait(io);
  wait.show(notice(17_000));
  vi.advanceTimersByTime(20_000);
  wait.clear();
  expect(io.err).toBe("rate limited by openai, attempt 2 of 9 in 17 s\n");
});

it.each<[LLMErrorKind, string]>([
  ["rate-limit", "rate limited by openai"],
  ["overloaded", "openai is overloaded"],
  ["connection", "no connection to openai"],
  ["timeout", "no answer from openai in time"],
  ["server", "openai failed with 500"],
])("says why: %s", (kind, words) => {
  expect(reasonFor(new LLMError({ kind, message: "x", provider: "openai", status: 500 }))).toBe(words);
});
