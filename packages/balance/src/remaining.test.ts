import { beforeEach, describe, expect, it, vi } from "vitest";
import { Latency } from "./latency.js";
import { MinuteCount } from "./minute-count.js";
import { Remaining } from "./remaining.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  return () => vi.useRealTimers();
});

const openai = (remaining: number, reset: string, tokens = 1000) => ({
  "x-ratelimit-limit-requests": "100",
  "x-ratelimit-remaining-requests": String(remaining),
  "x-ratelimit-reset-requests": reset,
  "x-ratelimit-limit-tokens": "1000",
  "x-ratelimit-remaining-tokens": String(tokens),
});

describe("Remaining", () => {
  it("is the tightest window's share, refilled with time, less what has begun since", () => {
    const remaining = new Remaining();
    expect(remaining.share(0)).toBeUndefined();
    remaining.answered(openai(40, "60s"), 1_000_000, 0);
    expect(remaining.share(1_000_000)).toBeCloseTo(0.4);
    for (let call = 0; call < 10; call++) remaining.begin();
    expect(remaining.share(1_000_000)).toBeCloseTo(0.3);
    expect(remaining.share(1_030_000)).toBeCloseTo(0.65);
    expect(remaining.share(1_060_000)).toBe(1);
    expect(remaining.share(9_000_000)).toBe(1);
    remaining.answered(openai(40, "60s", 100), 1_000_000, 0);
    expect(remaining.share(1_000_000)).toBeCloseTo(0.1);
    remaining.answered({ "content-type": "text/plain" }, 1_000_000, 0);
    expect(remaining.share(1_000_000)).toBeCloseTo(0.1);
  });

  it("counts a reset that is a date from when the headers came, whenever they are read", () => {
    const remaining = new Remaining();
    remaining.answered(
      {
        "anthropic-ratelimit-requests-limit": "100",
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": new Date(1_060_000).toISOString(),
      },
      1_000_000,
      0,
    );
    vi.setSystemTime(1_030_000);
    expect(remaining.share(1_030_000)).toBeCloseTo(0.5);
  });

  it("is never below nothing", () => {
    const remaining = new Remaining();
    remaining.answered(openai(1, "60s"), 1_000_000, 50);
    expect(remaining.share(1_000_000)).toBe(0);
  });
});

describe("Latency", () => {
  it("is the mean at first, then forgets with time", () => {
    const latency = new Latency();
    for (const value of [100, 200, 300]) latency.measure(value, 0);
    expect(latency.value).toBe(200);
    for (let call = 0; call < 200; call++) latency.measure(1000, 0);
    expect(latency.value).toBeGreaterThan(900);
    latency.measure(100, 60_000);
    expect(latency.value).toBeLessThan(110);
    latency.measure(100, 60_000);
    expect(latency.value).toBeGreaterThanOrEqual(100);
  });
});

describe("MinuteCount", () => {
  it("counts what came within a minute", () => {
    const count = new MinuteCount();
    count.add(60, 60_000);
    expect(count.within(119_999)).toBe(60);
    expect(count.within(150_000)).toBeCloseTo(30);
    expect(count.within(180_000)).toBe(0);
    count.add(5, 600_000);
    expect(count.within(600_000)).toBe(5);
  });
});
