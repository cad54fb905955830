import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { retryAfterFrom } from "./retry-after.js";

describe("retryAfterFrom", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date("2026-01-01T00:00:00Z"), toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each<[Record<string, string>, number | undefined]>([
    [{ "retry-after-ms": "1500" }, 1500],
    [{ "retry-after-ms": "12.5", "retry-after": "99" }, 12.5],
    [{ "retry-after-ms": "soon", "retry-after": "7" }, 7000],
    [{ "retry-after-ms": "-5", "retry-after": "7" }, 7000],
    [{ "retry-after-ms": "", "retry-after": "7" }, 7000],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": " 2 " }, 2000],
    [{ "retry-after": "0.25" }, 250],
    [{ "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT" }, 30_000],
    [{ "retry-after": "Thursday, 01-Jan-26 00:00:30 GMT" }, 30_000],
    [{ "retry-after": "Thu Jan  1 00:00:30 2026" }, 30_000],
    [{ "retry-after": "2026-01-01T00:00:30Z" }, 30_000],
    [{ "retry-after": "Thu, 01 Jan 2015 00:00:30 GMT" }, 0],
    [{ "retry-after": "-1" }, undefined],
    [{ "retry-after": "5 minutes" }, undefined],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "NaN" }, undefined],
    [{ "retry-after": "Infinity" }, undefined],
    [{ "retry-after": "" }, undefined],
    [{}, undefined],
  ])("reads %o as %s ms", (headers, expected) => {
    expect(retryAfterFrom(headers)).toBe(expected);
    expect(retryAfterFrom(new Headers(headers))).toBe(expected);
  });

  it("does without headers", () => {
    expect(retryAfterFrom(undefined)).toBeUndefined();
  });
});
