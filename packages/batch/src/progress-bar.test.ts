import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type BatchReport, newReport } from "./batch-report.js";
import { progressBar } from "./progress-bar.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: 0 }));
afterEach(() => void vi.useRealTimers());

/** A bar, what it wrote, and a report that can be changed. */
function newBar(total: number | undefined, isTTY: boolean) {
  const written: string[] = [];
  const bar = progressBar({ isTTY, write: (text) => void written.push(text) });
  const report = newReport(total, 8);
  const tell = (change: Partial<BatchReport>): void => bar(Object.assign(report, change));
  return { written, tell };
}

describe("on a terminal", () => {
  it("writes one line over, ten times a second at most, and ends it with the last request", () => {
    const { written, tell } = newBar(100, true);
    vi.setSystemTime(1000);
    for (let done = 1; done < 100; done++) tell({ done });
    expect(written).toEqual(["\r\x1b[K1/100 (1 %), 1.0/s, 1 min 39 s left, 8 at once"]);
    vi.setSystemTime(1099);
    tell({ done: 99 });
    expect(written).toHaveLength(1);
    vi.setSystemTime(1100);
    tell({ done: 99 });
    expect(written).toHaveLength(2);
    tell({ done: 100 });
    expect(written.at(-1)).toBe("\r\x1b[K100/100 (100 %), 90.9/s, 8 at once\n");
  });

  it("shows what it cost and what failed, and reckons its rate without what was resumed", () => {
    const { written, tell } = newBar(1000, true);
    vi.setSystemTime(10_000);
    tell({ done: 520, resumed: 500, failed: 3, cost: 0.01234 });
    expect(written).toEqual(["\r\x1b[K520/1000 (52 %), 2.0/s, 4 min 0 s left, $0.0123, 3 failed, 8 at once"]);
    vi.setSystemTime(20_000);
    tell({ cost: 12.345 });
    expect(written[1]).toContain("$12.3");
  });

  it("says nothing of the end where the number is not known", () => {
    const { written, tell } = newBar(undefined, true);
    vi.setSystemTime(2000);
    tell({ done: 5 });
    expect(written).toEqual(["\r\x1b[K5, 2.5/s, 8 at once"]);
  });
});

describe("elsewhere", () => {
  it("writes a line for each twentieth", () => {
    const { written, tell } = newBar(1000, false);
    vi.setSystemTime(1000);
    for (let done = 1; done <= 1000; done++) tell({ done });
    expect(written).toHaveLength(21);
    expect(written[1]).toBe("50/1000 (5 %), 50.0/s, 19 s left, 8 at once\n");
    expect(written.at(-1)).toMatch(/^1000\/1000 \(100 %\)/);
  });

  it("writes a line for each thousand where the number is not known", () => {
    const { written, tell } = newBar(undefined, false);
    vi.setSystemTime(3_600_000);
    for (let done = 1; done <= 2500; done++) tell({ done });
    expect(written.map((line) => line.split(",")[0])).toEqual(["1", "1000", "2000"]);
  });

  it("tells hours of waiting as such", () => {
    const { written, tell } = newBar(100, false);
    vi.setSystemTime(3_600_000);
    tell({ done: 20 });
    expect(written[0]).toContain("4 h 0 min left");
  });
});

it("writes nothing where there is nothing to write to", () => {
  vi.stubGlobal("process", undefined);
  try {
    expect(() => progressBar()(newReport(1, 1))).not.toThrow();
  } finally {
    vi.unstubAllGlobals();
  }
});
