import {
  type EmbedRequest,
  type GenerateRequest,
  isLLMError,
  type LLMBackend,
  LLMError,
  OPTIONAL_CALLS,
} from "@llmux/core";
import { random } from "@llmux/test-support";
import { type MockScript, mockBackend } from "@llmux/testkit";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { balance } from "./balance.js";
import type { Deployment } from "./deployment.js";
import type { FailoverNotice, HealthNotice } from "./options.js";
import type { Strategy } from "./strategy.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  return () => vi.useRealTimers();
});

const request: GenerateRequest = { model: "m", messages: [{ role: "user", content: "Hi" }] };
const inOrder: Strategy = (candidates) => candidates[0]!;
const fail = (kind: LLMError["kind"], facts: Partial<LLMError> = {}): LLMError =>
  new LLMError({ kind, message: `${kind} here`, ...facts });

function group(scripts: Record<string, MockScript>, facts: Partial<Deployment> = {}) {
  const backends = Object.fromEntries(
    Object.entries(scripts).map(([name, script]) => [name, mockBackend(script, { provider: `at-${name}` })]),
  );
  const deployments = Object.entries(backends).map(([name, backend]) => ({ name, backend, ...facts }));
  const asked = (): number[] => Object.values(backends).map(({ requests }) => requests.length);
  return { deployments, backends, asked };
}

describe("balance", () => {
  it("answers, and says which deployment did", async () => {
    const { deployments } = group({ a: "Hello" });
    const result = await balance({ deployments }).generate(request);
    expect(result.text).toBe("Hello");
    expect(result.attempts).toEqual([{ provider: "at-a", model: "m", deployment: "a", duration: 0 }]);
  });

  it.each([
    "rate-limit",
    "overloaded",
    "server",
    "connection",
    "timeout",
    "malformed-response",
    "authentication",
    "permission",
    "quota-exceeded",
    "not-found",
    "unsupported",
  ] as const)("goes on at once after %s", async (kind) => {
    const { deployments } = group({ a: fail(kind, { status: 400 }), b: "fine" });
    const notices: FailoverNotice[] = [];
    const llm = balance({ deployments, strategy: inOrder, onFailover: (notice) => notices.push(notice) });
    const { text, attempts } = await llm.generate(request);
    expect(text).toBe("fine");
    expect(attempts).toEqual([
      {
        provider: "at-a",
        model: "m",
        deployment: "a",
        duration: 0,
        error: { kind, message: `${kind} here`, status: 400 },
      },
      { provider: "at-b", model: "m", deployment: "b", duration: 0 },
    ]);
    expect(notices).toMatchObject([{ group: undefined, call: "generate", from: "a", to: "b", error: { kind } }]);
  });

  it.each(["invalid-request", "context-window-exceeded", "content-policy", "aborted", "budget-exceeded"] as const)(
    "does not go on after %s, which no other would do better, and thinks no worse of the deployment",
    async (kind) => {
      const { deployments, asked } = group({ a: fail(kind), b: "fine" });
      const llm = balance({ deployments, strategy: inOrder, breaker: { failures: 1 } });
      for (let call = 0; call < 3; call++)
        await expect(llm.generate(request)).rejects.toMatchObject({ kind, attempts: [{ deployment: "a" }] });
      expect(asked()).toEqual([3, 0]);
      expect(llm.status()[0]).toMatchObject({ state: "well", inFlight: 0 });
    },
  );

  it("lets through what is no LLMError, and does not go on", async () => {
    const bug = new TypeError("undefined is not a function");
    const backend = mockBackend(() => Promise.reject(bug));
    const { deployments } = group({ b: "fine" });
    const llm = balance({ deployments: [{ name: "a", backend }, ...deployments], strategy: inOrder });
    await expect(llm.generate(request)).rejects.toBe(bug);
    const throwing = { ...backend, generate: () => assertNever() };
    await expect(balance({ deployments: [{ name: "a", backend: throwing }] }).generate(request)).rejects.toThrow(
      "sync",
    );
    expect(llm.status()[0]!.inFlight).toBe(0);
  });

  it("tries at most maxTries, each deployment once, and fails with the last failure and all attempts", async () => {
    const scripts = Object.fromEntries(
      [..."abcde"].map((name) => [name, fail("server", { message: `${name} is down` })]),
    );
    const { deployments, asked } = group(scripts);
    const llm = balance({ deployments, strategy: inOrder, maxTries: 4 });
    await expect(llm.generate(request)).rejects.toMatchObject({
      kind: "server",
      message: "d is down",
      attempts: [..."abcd"].map((deployment) => ({ deployment, error: { kind: "server" } })),
    });
    expect(asked()).toEqual([1, 1, 1, 1, 0]);
  });

  it("keeps the tries that policies inside made", async () => {
    const inner = [
      { provider: "p", model: "m", error: { kind: "server" as const, message: "x" }, duration: 3 },
      { provider: "p", model: "m", deployment: "own", duration: 4 },
    ];
    const { deployments } = group({
      a: fail("rate-limit", { attempts: [inner[0]!, inner[0]!] } as never),
      b: { text: "fine", result: { attempts: inner } },
    });
    const { attempts } = await balance({ deployments, strategy: inOrder }).generate(request);
    expect(attempts?.map(({ deployment, duration }) => [deployment, duration])).toEqual([
      ["a", 3],
      ["a", 3],
      ["b", 3],
      ["own", 4],
    ]);
  });

  it("asks each deployment for its own name of the model", async () => {
    const { deployments, backends } = group({ a: fail("server"), b: "fine" });
    deployments[0]!.model = "at-a/m";
    const { attempts } = await balance({ deployments, strategy: inOrder }).generate(request);
    expect(backends.a!.requests[0]!.model).toBe("at-a/m");
    expect(backends.b!.requests[0]).toBe(request);
    expect(attempts?.map(({ model }) => model)).toEqual(["at-a/m", "m"]);
  });

  it("does not call a deployment for as long as its server asked, to the millisecond", async () => {
    const { deployments, asked } = group({ a: [fail("rate-limit", { retryAfter: 5000 }), "back"], b: () => "fine" });
    const notices: HealthNotice[] = [];
    const llm = balance({ deployments, strategy: inOrder, onHealth: (notice) => notices.push(notice) });
    await llm.generate(request);
    vi.advanceTimersByTime(4999);
    await llm.generate(request);
    expect(asked()).toEqual([1, 2]);
    expect(llm.status()[0]).toMatchObject({
      name: "a",
      state: "cooling",
      kind: "rate-limit",
      until: new Date(1_005_000),
    });
    vi.advanceTimersByTime(1);
    expect((await llm.generate(request)).text).toBe("back");
    expect(llm.status()[0]).toMatchObject({ state: "well", until: undefined, calls: 2, failures: 1 });
    expect(notices).toEqual([
      { group: undefined, deployment: "a", state: "cooling", until: new Date(1_005_000), kind: "rate-limit" },
    ]);
  });

  it("fails at once when all are cooling, with the kind and the time of the first that returns", async () => {
    const { deployments, asked } = group({
      a: fail("rate-limit", { retryAfter: 9000 }),
      b: fail("overloaded", { retryAfter: 4000 }),
    });
    const llm = balance({ deployments, strategy: inOrder });
    await expect(llm.generate(request)).rejects.toMatchObject({ kind: "overloaded", retryAfter: 4000 });
    vi.advanceTimersByTime(1000);
    await expect(llm.generate(request)).rejects.toMatchObject({
      kind: "overloaded",
      retryable: true,
      retryAfter: 3000,
      message:
        "No deployment of the model may be called now, the first again in 3 s: a (cooling after rate-limit, 8 s), b (cooling after overloaded, 3 s)",
    });
    expect(asked()).toEqual([1, 1]);
  });

  it("asks to wait for the first that returns, rather than for the one that failed last", async () => {
    const { deployments } = group({
      a: fail("rate-limit", { retryAfter: 2000 }),
      b: fail("rate-limit", { retryAfter: 60_000 }),
    });
    await expect(balance({ deployments, strategy: inOrder }).generate(request)).rejects.toMatchObject({
      retryAfter: 2000,
    });
    const more = group({ a: fail("rate-limit", { retryAfter: 60_000 }), b: "fine" });
    const error = await balance({ deployments: more.deployments, strategy: inOrder, maxTries: 1 })
      .generate(request)
      .catch((thrown: LLMError) => thrown);
    expect(isLLMError(error, "rate-limit") && error.retryAfter).toBeUndefined();
  });

  it("leaves a single deployment's failure as it is, but for the attempts", async () => {
    const { deployments } = group({ a: fail("rate-limit", { retryAfter: 2000, requestId: "r", cause: "c" }) });
    await expect(balance({ deployments }).generate(request)).rejects.toMatchObject({
      retryAfter: 2000,
      requestId: "r",
      cause: "c",
      attempts: [{ deployment: "a" }],
    });
  });

  it("tries the one that returns first, where that is wanted", async () => {
    const { deployments, asked } = group({
      a: fail("rate-limit", { retryAfter: 9000 }),
      b: [fail("rate-limit", { retryAfter: 4000 }), "after all"],
    });
    const llm = balance({ deployments, strategy: inOrder, whenAllCool: "try-soonest" });
    await expect(llm.generate(request)).rejects.toMatchObject({ kind: "rate-limit" });
    expect((await llm.generate(request)).text).toBe("after all");
    expect(asked()).toEqual([1, 2]);
  });

  it("opens the circuit of one that keeps failing, tries it with one call, and closes it when that succeeds", async () => {
    let down = true;
    const { deployments, asked } = group({ a: () => (down ? fail("connection") : "back"), b: () => "fine" });
    const states: string[] = [];
    const llm = balance({
      deployments,
      strategy: inOrder,
      breaker: { failures: 3, openFor: 10_000 },
      onHealth: ({ state }) => states.push(state),
    });
    for (let call = 0; call < 10; call++) await llm.generate(request);
    expect(asked()).toEqual([3, 10]);
    vi.advanceTimersByTime(10_000);
    await Promise.all(Array.from({ length: 100 }, () => llm.generate(request)));
    expect(asked()).toEqual([4, 110]);
    vi.advanceTimersByTime(20_000);
    down = false;
    const answers = await Promise.all(Array.from({ length: 5 }, () => llm.generate(request)));
    expect(answers.map(({ text }) => text)).toEqual(["back", "fine", "fine", "fine", "fine"]);
    expect((await llm.generate(request)).text).toBe("back");
    expect(states).toEqual(["open", "open", "well"]);
  });

  it("opens for a model that is not there only where the deployment names it", async () => {
    const own = group({ a: fail("not-found"), b: () => "fine" }, { model: "gone" });
    const asked = group({ a: fail("not-found"), b: () => "fine" });
    for (const { deployments } of [own, asked]) {
      const llm = balance({ deployments, strategy: inOrder, breaker: { failures: 2 } });
      for (let call = 0; call < 10; call++) await llm.generate(request);
    }
    expect([own.asked()[0], asked.asked()[0]]).toEqual([2, 10]);
  });

  it("spends the caller's time once, not once for each try, and blames no deployment for it", async () => {
    const slow =
      (ms: number): MockScript =>
      async () => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        return fail("server");
      };
    const { deployments, backends, asked } = group({ a: slow(300), b: slow(300), c: slow(500), d: "fine" });
    const llm = balance({ deployments, strategy: inOrder, maxTries: 9 });
    const failed = expect(
      llm.generate({ ...request, timeout: { total: 1000, firstEvent: 700 } }),
    ).rejects.toMatchObject({
      kind: "server",
    });
    await vi.advanceTimersByTimeAsync(2000);
    await failed;
    const totals = Object.values(backends).map(({ requests }) => requests.map(({ timeout }) => timeout));
    expect(totals).toEqual([
      [{ total: 1000, firstEvent: 700 }],
      [{ total: 700, firstEvent: 700 }],
      [{ total: 400, firstEvent: 700 }],
      [],
    ]);
    expect(asked()).toEqual([1, 1, 1, 0]);
    const impatient = group({ a: fail("timeout"), b: "fine" });
    const other = balance({ deployments: impatient.deployments, strategy: inOrder, breaker: { failures: 1 } });
    await expect(other.generate({ ...request, timeout: { total: 0 } })).rejects.toMatchObject({ kind: "timeout" });
    expect(other.status()[0]).toMatchObject({ state: "well" });
  });

  it("passes over deployments that are full, but for want of another", async () => {
    const open: (() => void)[] = [];
    const held: MockScript = async () => {
      await new Promise<void>((resolve) => open.push(resolve));
      return "done";
    };
    const { deployments, asked } = group({ a: held, b: held });
    deployments[0]!.maxParallel = 2;
    deployments[1]!.rpm = 3;
    const llm = balance({ deployments, strategy: inOrder });
    const calls = Array.from({ length: 7 }, () => llm.generate(request));
    await vi.advanceTimersByTimeAsync(0);
    expect(asked()).toEqual([4, 3]);
    expect(llm.status().map(({ inFlight }) => inFlight)).toEqual([4, 3]);
    for (const resolve of open) resolve();
    await Promise.all(calls);
    expect(llm.status().map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });

  it("passes over one that has used its tokens of the minute", async () => {
    const usage = {
      inputTokens: { total: 60, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: 40, reasoning: undefined },
    };
    const { deployments, asked } = group({ a: () => ({ text: "a", usage }), b: () => "b" });
    deployments[0]!.tpm = 150;
    const llm = balance({ deployments, strategy: inOrder });
    for (let call = 0; call < 5; call++) await llm.generate(request);
    expect(asked()).toEqual([2, 3]);
    vi.advanceTimersByTime(120_000);
    await llm.generate(request);
    expect(asked()).toEqual([3, 3]);
  });

  it("learns prices from answers", async () => {
    const usage = {
      inputTokens: { total: 50, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: 50, reasoning: undefined },
    };
    const priced =
      (total: number): MockScript =>
      () => ({ text: "x", usage, result: { cost: { total, source: "list" } } });
    const { deployments, asked } = group({ a: priced(3), b: priced(2), c: priced(1) });
    let order: Strategy = inOrder;
    const costs: (number | undefined)[][] = [];
    const llm = balance({
      deployments,
      strategy: (candidates, asked, context) => {
        costs.push(candidates.map((each) => each.costPerToken(asked)));
        return order(candidates, asked, context);
      },
    });
    for (let at = 0; at < 3; at++) {
      order = (candidates) => candidates[at]!;
      await llm.generate(request);
    }
    await llm.generate(request);
    expect(asked()).toEqual([1, 1, 2]);
    expect(costs.at(-1)).toEqual([0.03, 0.02, 0.01]);
  });

  it("keeps calls of one session together, and moves them when their deployment rests", async () => {
    let limited: string | undefined;
    const answers =
      (name: string): MockScript =>
      () =>
        limited === name ? fail("rate-limit", { retryAfter: 1000 }) : name;
    const { deployments } = group(Object.fromEntries([..."abcdefghij"].map((name) => [name, answers(name)])));
    const llm = balance({ deployments });
    const ask = async (session: string): Promise<string> =>
      (await llm.generate({ ...request, context: { session } })).text;
    const sessions = Array.from({ length: 50 }, (_, at) => `session ${at}`);
    const homes = await Promise.all(sessions.map(ask));
    expect(new Set(homes).size).toBeGreaterThan(5);
    for (let round = 0; round < 3; round++)
      for (const [at, session] of sessions.entries()) expect(await ask(session)).toBe(homes[at]);
    limited = homes[0];
    const moved = [];
    for (const session of sessions) moved.push(await ask(session));
    expect(moved.filter((home, at) => home !== homes[at])).toHaveLength(
      homes.filter((home) => home === limited).length,
    );
    limited = undefined;
    vi.advanceTimersByTime(1000);
    for (const [at, session] of sessions.entries()) expect(await ask(session)).toBe(homes[at]);
    const keyed = await Promise.all(Array.from({ length: 9 }, () => llm.generate({ ...request, cacheKey: "k" })));
    expect(new Set(keyed.slice(0, 8).map(({ text }) => text)).size).toBe(1);
    vi.spyOn(Math, "random").mockImplementation(random(3));
    const spread = balance({ deployments, affinity: false });
    const anywhere = await Promise.all(
      Array.from({ length: 30 }, () => spread.generate({ ...request, context: { session: "s" } })),
    );
    expect(new Set(anywhere.map(({ text }) => text)).size).toBeGreaterThan(1);
    vi.restoreAllMocks();
  });

  it("never calls one that rests while another is well", async () => {
    const kinds = ["rate-limit", "overloaded", "server", "connection", "authentication"] as const;
    const step = fc.record({
      wait: fc.nat(3000),
      failing: fc.uniqueArray(fc.nat(4), { maxLength: 5 }),
      kind: fc.constantFrom(...kinds),
      retryAfter: fc.option(fc.nat(5000), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.constantFrom(
          "weightedShuffle",
          "leastBusy",
          "lowestLatency",
          "lowestCost",
          "mostRemaining",
        ) as fc.Arbitrary<"leastBusy">,
        fc.boolean(),
        async (steps, strategy, sessions) => {
          let failing: readonly number[] = [];
          let error = fail("server");
          const offences: string[] = [];
          const scripts = Object.fromEntries(
            [..."abcde"].map((name, at) => [
              name,
              (): LLMError | string => {
                const now = llm.status();
                // Its own call has begun, so a trial of an open circuit shows as half-open.
                if (now[at]!.state === "cooling" || now[at]!.state === "open")
                  offences.push(`${name} ${now[at]!.state}`);
                return failing.includes(at) ? error : name;
              },
            ]),
          );
          const { deployments } = group(scripts);
          const llm = balance({ deployments, strategy, maxTries: 5, breaker: { failures: 2 } });
          for (const [at, { wait, kind, retryAfter, failing: now }] of steps.entries()) {
            vi.advanceTimersByTime(wait);
            failing = now;
            error = fail(kind, { retryAfter } as never);
            const context = sessions ? { session: `s${at % 3}` } : undefined;
            const well = llm
              .status()
              .some(({ state, name }) => state === "well" && !now.includes("abcde".indexOf(name)));
            const outcome = await llm.generate({ ...request, context }).catch((thrown: LLMError) => thrown);
            if (well) expect(isLLMError(outcome)).toBe(false);
          }
          expect(offences).toEqual([]);
          expect(llm.status().every(({ inFlight }) => inFlight === 0)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("keeps count of a hundred at once", async () => {
    const next = random(5);
    const script: MockScript = async () => {
      await new Promise((resolve) => setTimeout(resolve, next() * 1000));
      return next() < 0.3 ? fail("server") : "fine";
    };
    const { deployments, asked } = group({ a: script, b: script, c: script, d: script });
    const llm = balance({ deployments, strategy: "leastBusy", breaker: false, maxTries: 4 });
    const calls = Promise.allSettled(Array.from({ length: 100 }, () => llm.generate(request)));
    expect(llm.status().map(({ inFlight }) => inFlight)).toEqual([25, 25, 25, 25]);
    await vi.advanceTimersByTimeAsync(5000);
    const outcomes = await calls;
    const tries = outcomes.flatMap((outcome) =>
      outcome.status === "fulfilled" ? outcome.value.attempts! : (outcome.reason as LLMError).attempts!,
    );
    expect(tries).toHaveLength(asked().reduce((sum, count) => sum + count, 0));
    expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(95);
    expect(llm.status().map(({ inFlight }) => inFlight)).toEqual([0, 0, 0, 0]);
  });

  it("sends every call of the contract, and has those that a deployment has", async () => {
    const seen: string[] = [];
    const { deployments } = group({ a: "x" });
    const full = { ...deployments[0]!.backend } as Record<string, unknown>;
    for (const name of OPTIONAL_CALLS)
      full[name] = async (asked: EmbedRequest) => {
        seen.push(`${name} ${asked?.model}`);
        if (seen.length % 2) throw fail("server");
        return name === "listModels" ? [{ id: "m" }] : { name };
      };
    const bare: LLMBackend = {
      provider: "bare",
      generate: deployments[0]!.backend.generate,
      stream: deployments[0]!.backend.stream,
    };
    const llm = balance({
      deployments: [
        { name: "a", backend: bare },
        { name: "b", backend: full as never },
        { name: "c", backend: full as never },
      ],
    });
    for (const name of OPTIONAL_CALLS) {
      const answer = await (llm[name] as (asked: unknown) => Promise<unknown>)({ model: "m" });
      if (name === "embed") expect(answer).toMatchObject({ name, attempts: [{}, {}] });
      else expect(answer).toEqual(name === "listModels" ? [{ id: "m" }] : { name });
    }
    expect(seen).toHaveLength(2 * OPTIONAL_CALLS.length);
    expect("embed" in balance({ deployments: [{ name: "a", backend: bare }] })).toBe(false);
  });

  it("refuses a strategy that gives back something else", async () => {
    const { deployments } = group({ a: "x", b: "x" });
    const llm = balance({ deployments, strategy: () => undefined as never });
    await expect(llm.generate(request)).rejects.toMatchObject({ kind: "invalid-request", parameter: "strategy" });
  });

  it("does not let listeners fail calls", async () => {
    const { deployments } = group({ a: fail("rate-limit"), b: "fine" });
    const boom = (): never => {
      throw new Error("listener");
    };
    const llm = balance({ deployments, strategy: inOrder, onHealth: boom, onFailover: boom });
    expect((await llm.generate(request)).text).toBe("fine");
  });
});

function assertNever(): never {
  throw new Error("sync");
}
