import { LLMError, type LLMErrorKind } from "@llmux/core";
import { beforeEach, expect, it, vi } from "vitest";
import { Health } from "./health.js";
import { settingsOf } from "./settings.js";
import { verdictOn } from "./verdict.js";

beforeEach(() => {
  // Jitter at its largest: the whole time.
  vi.spyOn(Math, "random").mockReturnValue(1);
  return () => vi.restoreAllMocks();
});

const settings = settingsOf({
  cooldown: { base: 1000, max: 5000, refused: 60_000 },
  breaker: { failures: 3, openFor: 10_000, maxOpenFor: 25_000, trials: 2 },
});

class Subject {
  now = 0;
  readonly states: string[] = [];
  readonly health: Health = new Health(settings, () => this.states.push(this.state));

  get state(): string {
    return this.health.state(this.now);
  }

  get available(): boolean {
    return this.health.available(this.now);
  }

  fail(kind: LLMErrorKind, facts: { retryAfter?: number; trial?: boolean; begunAt?: number } = {}): void {
    const error = new LLMError({ kind, message: kind, retryAfter: facts.retryAfter });
    this.health.failed(verdictOn(error), error, facts.trial ?? false, facts.begunAt ?? this.now, this.now);
  }
}

it("rests exactly as long as the server asks", () => {
  const one = new Subject();
  one.fail("rate-limit", { retryAfter: 90_000 });
  one.now = 89_999;
  expect([one.state, one.available]).toEqual(["cooling", false]);
  one.now = 90_000;
  expect([one.state, one.available]).toEqual(["well", true]);
});

it.each(["rate-limit", "overloaded", "server", "timeout", "connection", "authentication", "quota-exceeded"] as const)(
  "keeps the time that comes with %s",
  (kind) => {
    const one = new Subject();
    one.fail(kind, { retryAfter: 7000 });
    expect(one.health.outage(2000)).toEqual({ for: 5000, kind, broken: false });
  },
);

it("rests longer with each refusal in a row that names no time, up to a longest, and begins anew after an answer", () => {
  const one = new Subject();
  const rests = [1000, 2000, 4000, 5000, 5000].map((wait) => {
    one.fail("rate-limit");
    const rest = one.health.until - one.now;
    one.now += wait;
    return rest;
  });
  expect(rests).toEqual([1000, 2000, 4000, 5000, 5000]);
  one.health.succeeded(false, one.now);
  one.fail("overloaded");
  expect(one.health.until - one.now).toBe(1000);
});

it("takes refusals of calls that were under way together for one", () => {
  const one = new Subject();
  one.now = 100;
  for (let call = 0; call < 50; call++) one.fail("rate-limit", { begunAt: 0 });
  expect(one.health.until).toBe(1100);
});

it("does not return sooner for a shorter wait that another call was told", () => {
  const one = new Subject();
  one.fail("rate-limit", { retryAfter: 60_000 });
  one.fail("rate-limit", { retryAfter: 1000 });
  expect(one.health.until).toBe(60_000);
});

it("rests long for a refused key and a spent quota", () => {
  for (const kind of ["authentication", "quota-exceeded"] as const) {
    const one = new Subject();
    one.fail(kind);
    expect(one.health.until).toBe(60_000);
  }
});

it("opens after failures in a row, tries with a few calls, and closes with the first that succeeds", () => {
  const one = new Subject();
  one.fail("server");
  one.fail("connection");
  one.health.succeeded(false, 0);
  one.fail("server");
  one.fail("timeout");
  expect(one.state).toBe("well");
  one.fail("malformed-response");
  expect([one.state, one.available, one.health.until]).toEqual(["open", false, 10_000]);
  one.now = 10_000;
  expect([one.state, one.available]).toEqual(["half-open", true]);
  expect(one.health.begin()).toBe(true);
  expect(one.available).toBe(true);
  expect(one.health.begin()).toBe(true);
  expect(one.available).toBe(false);
  one.health.succeeded(true, one.now);
  expect([one.state, one.available]).toEqual(["well", true]);
  one.health.ended(true);
  expect(one.states).toEqual(["open", "well"]);
});

it("opens for longer each time that a trial fails", () => {
  const one = new Subject();
  for (let call = 0; call < 3; call++) one.fail("server");
  for (const wait of [10_000, 20_000, 25_000, 25_000]) {
    expect(one.health.until - one.now).toBe(wait);
    one.now = one.health.until;
    one.health.begin();
    one.fail("server", { trial: true });
    expect(one.state).toBe("open");
  }
});

it("frees the place of a trial that says nothing or meets a rate limit", () => {
  const one = new Subject();
  for (let call = 0; call < 3; call++) one.fail("server");
  one.now = 10_000;
  one.health.begin();
  one.health.begin();
  one.health.ended(true);
  expect(one.available).toBe(true);
  one.fail("rate-limit", { trial: true, retryAfter: 500 });
  expect(one.state).toBe("open");
  one.now = 10_500;
  expect([one.state, one.available]).toEqual(["half-open", true]);
});

it("learns nothing from failures and successes of calls from before", () => {
  const one = new Subject();
  for (let call = 0; call < 3; call++) one.fail("server");
  one.health.succeeded(false, 1);
  expect(one.state).toBe("open");
  one.now = 10_000;
  one.health.succeeded(one.health.begin(), one.now);
  for (let call = 0; call < 10; call++) one.fail("timeout", { begunAt: 9000 });
  expect(one.state).toBe("well");
});

it("never opens without a breaker", () => {
  const health = new Health(settingsOf({ breaker: false }));
  const error = new LLMError({ kind: "server", message: "down" });
  for (let call = 0; call < 100; call++) health.failed("failed", error, false, call, call);
  expect(health.available(100)).toBe(true);
});

it("goes by what others tell: rests, opens, and comes back half-open when they take it back", () => {
  const one = new Subject();
  one.health.learn({ for: 1000, kind: "rate-limit", broken: false }, 0);
  expect(one.state).toBe("cooling");
  one.health.forget(500);
  expect(one.health.state(500)).toBe("well");
  one.health.learn({ for: 5000, kind: "server", broken: true }, 500);
  expect(one.health.state(600)).toBe("open");
  one.health.forget(700);
  expect(one.health.state(700)).toBe("half-open");
  // What it heard it does not say.
  expect(one.states).toEqual([]);
});

it("is probed where its circuit is open or its key was refused, and then tried at once", () => {
  const one = new Subject();
  one.fail("quota-exceeded");
  expect(one.health.wantsProbe(0)).toBe(false);
  const two = new Subject();
  two.fail("authentication");
  expect(two.health.wantsProbe(0)).toBe(true);
  two.health.probed(10);
  expect(two.health.state(10)).toBe("well");
  const three = new Subject();
  for (let call = 0; call < 3; call++) three.fail("server");
  three.health.probeFailed(30_000, 1000);
  expect(three.health.until).toBe(31_000);
  three.health.probed(2000);
  expect(three.health.state(2000)).toBe("half-open");
});
