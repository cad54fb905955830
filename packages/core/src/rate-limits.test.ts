import { describe, expect, it, vi } from "vitest";
import { rateLimitsFrom } from "./rate-limits.js";

describe("rateLimitsFrom", () => {
  it("reads OpenAI's headers", () => {
    const headers = new Headers({
      "x-ratelimit-limit-requests": "60",
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": "1m30.5s",
      "x-ratelimit-limit-tokens": "150000",
      "x-ratelimit-remaining-tokens": "149984",
      "x-ratelimit-reset-tokens": "20ms",
    });
    expect(rateLimitsFrom(headers)).toEqual({
      requests: { limit: 60, remaining: 0, resetAfter: 90_500 },
      tokens: { limit: 150_000, remaining: 149_984, resetAfter: 20 },
      inputTokens: undefined,
      outputTokens: undefined,
    });
  });

  it("reads Anthropic's headers", () => {
    vi.useFakeTimers({ now: new Date("2026-01-01T00:00:00Z"), toFake: ["Date"] });
    expect(
      rateLimitsFrom({
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "49",
        "anthropic-ratelimit-requests-reset": "2026-01-01T00:01:00Z",
        "anthropic-ratelimit-input-tokens-remaining": "1000",
      }),
    ).toMatchObject({ requests: { limit: 50, remaining: 49, resetAfter: 60_000 }, inputTokens: { remaining: 1000 } });
    vi.useRealTimers();
  });

  it("reads those of Mistral and Cerebras, which name the minute and no reset", () => {
    expect(
      rateLimitsFrom({
        "x-ratelimit-limit-req-minute": "60",
        "x-ratelimit-remaining-req-minute": "50",
        "x-ratelimit-limit-tokens-minute": "250000",
        "x-ratelimit-remaining-tokens-minute": "249891",
      }),
    ).toEqual({
      requests: { limit: 60, remaining: 50, resetAfter: undefined },
      tokens: { limit: 250_000, remaining: 249_891, resetAfter: undefined },
      inputTokens: undefined,
      outputTokens: undefined,
    });
    expect(
      rateLimitsFrom({ "x-ratelimit-remaining-requests-minute": "1998", "x-ratelimit-remaining-requests-day": "7" }),
    ).toMatchObject({ requests: { limit: undefined, remaining: 1998 } });
  });

  it.each([
    ["6m0s", 360_000],
    ["1h", 3_600_000],
    ["1d2h", 93_600_000],
    ["7", 7000],
    ["soon", undefined],
    ["5x", undefined],
  ])("reads the delay %s as %s", (reset, resetAfter) => {
    const headers = { "x-ratelimit-limit-requests": "1", "x-ratelimit-reset-requests": reset };
    expect(rateLimitsFrom(headers)?.requests?.resetAfter).toBe(resetAfter);
  });

  it("is undefined where there are none, or they say nothing", () => {
    expect(rateLimitsFrom({})).toBeUndefined();
    expect(
      rateLimitsFrom({ "x-ratelimit-limit-requests": "many", "x-ratelimit-reset-requests": "1s" }),
    ).toBeUndefined();
  });
});
