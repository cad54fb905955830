import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AdaptiveGate, type Ticket } from "./adaptive-gate.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

/** A ticket after which so many others were let through. */
function ticketBefore(gate: AdaptiveGate, others: number): Ticket {
  const ticket = gate.start();
  for (let count = 0; count < others; count++) gate.start();
  return ticket;
}

/** As many as may be under way succeed, and what the gate lets through follows each at once. */
function round(gate: AdaptiveGate): void {
  for (const ticket of Array.from({ length: gate.limit }, () => gate.start())) gate.succeeded(ticket, gate.limit);
}

describe("the limit", () => {
  it("doubles with each round until the first refusal, then grows by one", () => {
    const gate = new AdaptiveGate(2, 100);
    round(gate);
    expect(gate.limit).toBe(4);
    round(gate);
    round(gate);
    expect(gate.limit).toBe(16);
    gate.refused(gate.start(), undefined);
    expect(gate.limit).toBe(8);
    for (let rounds = 0; rounds < 10; rounds++) round(gate);
    expect(gate.limit).toBeGreaterThanOrEqual(16);
    expect(gate.limit).toBeLessThanOrEqual(18);
  });

  it("is halved once for a round of refusals, and never below one", () => {
    const gate = new AdaptiveGate(8, 100);
    const tickets = Array.from({ length: 8 }, () => gate.start());
    for (const ticket of tickets) gate.refused(ticket, undefined);
    expect(gate.limit).toBe(4);
    for (let times = 0; times < 5; times++) gate.refused(gate.start(), undefined);
    expect(gate.limit).toBe(1);
  });

  it("ends at the most, and does not grow while it is not reached", () => {
    const gate = new AdaptiveGate(4, 5);
    for (let times = 0; times < 9; times++) gate.succeeded(gate.start(), 1);
    expect(gate.limit).toBe(4);
    round(gate);
    round(gate);
    expect(gate.limit).toBe(5);
  });

  it("learns nothing from what began before it was cut", () => {
    const gate = new AdaptiveGate(4, 100);
    const early = gate.start();
    gate.refused(gate.start(), undefined);
    gate.succeeded(early, 4);
    expect(gate.limit).toBe(2);
  });
});

describe("the pause", () => {
  it("is as long as the provider says, and else doubles with each refusal in a row", () => {
    const gate = new AdaptiveGate(4, 100);
    gate.refused(gate.start(), 7000);
    expect(gate.pause).toBe(7000);
    vi.setSystemTime(Date.now() + 7000);
    expect(gate.pause).toBe(0);
    for (const longest of [2000, 4000, 8000]) {
      gate.refused(gate.start(), undefined);
      expect(gate.pause).toBeGreaterThanOrEqual(longest / 2);
      expect(gate.pause).toBeLessThanOrEqual(longest);
      vi.setSystemTime(Date.now() + longest);
    }
  });

  it("comes before the refusal where the headers say that the rest won't do, for as long as it takes to fill up", () => {
    const gate = new AdaptiveGate(4, 100);
    const limits = (remaining: number) => ({ requests: { limit: 100, remaining, resetAfter: 60_000 } });
    gate.observe(ticketBefore(gate, 4), limits(5), {});
    expect(gate.pause).toBe(0);
    gate.observe(ticketBefore(gate, 4), limits(4), {});
    expect(gate.pause).toBeCloseTo(60_000 / 96);
  });

  it("comes again after what has filled up since was used", () => {
    const gate = new AdaptiveGate(4, 100);
    gate.observe(ticketBefore(gate, 0), { requests: { limit: 10, remaining: 0, resetAfter: 1000 } }, {});
    vi.setSystemTime(Date.now() + 300);
    for (let fits = 0; fits < 3; fits++) {
      expect(gate.pause).toBe(0);
      gate.start();
    }
    expect(gate.pause).toBeCloseTo(100);
  });

  it("counts with what requests have taken of each kind of token", () => {
    const window = { limit: 1000, remaining: 100, resetAfter: 10_000 };
    const tokens = { input: 20, output: 40 };
    for (const [limits, fits] of [
      [{ tokens: window }, false],
      [{ inputTokens: window }, true],
      [{ outputTokens: window }, false],
      [{ tokens: { ...window, remaining: 900 } }, true],
      [{ tokens: { remaining: 0 } }, true],
    ] as const) {
      const gate = new AdaptiveGate(4, 100);
      gate.observe(ticketBefore(gate, 2), limits, tokens);
      expect(gate.pause === 0).toBe(fits);
    }
  });

  it("follows what requests take now", () => {
    const gate = new AdaptiveGate(4, 100);
    const limits = { tokens: { limit: 1000, remaining: 100, resetAfter: 10_000 } };
    gate.observe(ticketBefore(gate, 1), {}, { input: 1 });
    for (let times = 0; times < 30; times++) gate.observe(ticketBefore(gate, 1), {}, { input: 60 });
    gate.observe(ticketBefore(gate, 1), limits, {});
    expect(gate.pause).toBeGreaterThan(0);
  });

  it("ends even for a request that takes more than there ever is", () => {
    const gate = new AdaptiveGate(4, 100);
    gate.observe(ticketBefore(gate, 0), { tokens: { limit: 1000, remaining: 0, resetAfter: 10_000 } }, { input: 5000 });
    expect(gate.pause).toBeCloseTo(10_000);
    vi.setSystemTime(Date.now() + 10_000);
    expect(gate.pause).toBe(0);
  });
});
