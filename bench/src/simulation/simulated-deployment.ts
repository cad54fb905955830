import { type GenerateRequest, type LLMBackend, LLMError, type StreamEvent } from "@llmux/core";
import type { Facts } from "./fleet.ts";
import type { Incident, Trouble } from "./incidents.ts";
import type { Random } from "./random.ts";

/** What all deployments together have done. */
export interface Tally {
  tries: number;
  /** US dollars, what was cancelled included. */
  cost: number;
  /** Tries whose prompt the deployment still had in its cache. */
  cacheHits: number;
}

/** Of each prompt. */
const INPUT = 2000;
/** A provider's prompt cache: how long it keeps a conversation, what it charges for what it had, and how much sooner it begins. */
const KEPT = 300_000;
const CACHED_PRICE = 0.25;
const CACHED_SPEED = 0.6;
/** Seconds' worth of requests that it takes at once. */
const BURST = 10;

type Result = IteratorResult<StreamEvent, undefined>;

/** A deployment on virtual time: takes so many requests a minute, has good and bad days by its script, and remembers prompts. */
export class SimulatedDeployment implements LLMBackend {
  readonly provider = "simulated";
  readonly facts: Facts;
  readonly #script: readonly Incident[];
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #clock: () => number;
  readonly #sessions = new Map<string, number>();
  #incident = 0;
  #inFlight = 0;
  #bucket: number;
  #filledAt = 0;

  constructor(facts: Facts, script: readonly Incident[], random: Random, tally: Tally, clock: () => number) {
    this.facts = facts;
    this.#script = script;
    this.#random = random;
    this.#tally = tally;
    this.#clock = clock;
    this.#bucket = (facts.rpm / 60) * BURST;
  }

  generate(): Promise<never> {
    throw new Error("The simulation streams");
  }

  stream(request: GenerateRequest): AsyncIterable<StreamEvent> {
    let step = 0;
    let plan: { first: number; rest: number; cost: number; outputCost: number } | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wake: ((result: Result) => void) | undefined;
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      this.#inFlight -= 1;
    };
    const wait = (milliseconds: number, event: () => StreamEvent): Promise<Result> =>
      new Promise((resolve) => {
        wake = resolve;
        timer = setTimeout(() => resolve({ done: false, value: event() }), milliseconds);
      });
    const iterator = {
      [Symbol.asyncIterator]: () => iterator,
      next: async (): Promise<Result> => {
        if (ended) return { done: true, value: undefined };
        step += 1;
        if (step === 1) {
          this.#inFlight += 1;
          try {
            plan = await this.#begin(request);
          } catch (error) {
            end();
            throw error;
          }
          return wait(plan.first, () => TEXT);
        }
        if (step === 2) {
          return wait(plan!.rest, () => {
            this.#tally.cost += plan!.outputCost;
            end();
            return this.#finish(plan!.cost);
          });
        }
        end();
        return { done: true, value: undefined };
      },
      return: async (): Promise<Result> => {
        if (step > 0) end();
        ended = true;
        wake?.({ done: true, value: undefined });
        return { done: true, value: undefined };
      },
    };
    request.signal?.addEventListener("abort", () => void iterator.return(), { once: true });
    return iterator;
  }

  /** @throws LLMError as a provider would */
  async #begin({
    context,
  }: GenerateRequest): Promise<{ first: number; rest: number; cost: number; outputCost: number }> {
    const random = this.#random;
    const { facts } = this;
    this.#tally.tries += 1;
    const trouble = this.#trouble();
    if (trouble === "down") {
      await sleep(20 + random.next() * 60);
      throw new LLMError({ kind: "connection", message: "connect ECONNREFUSED" });
    }
    if (trouble === "hanging") {
      await sleep(10_000);
      throw new LLMError({ kind: "timeout", message: "No answer within 10 s" });
    }
    const wait = this.#take(trouble === "squeezed" ? facts.rpm / 5 : facts.rpm);
    if (wait > 0) {
      await sleep(20 + random.next() * 40);
      throw new LLMError({ kind: "rate-limit", status: 429, message: "Too many requests", retryAfter: wait });
    }
    if (random.next() < (trouble === "failing" ? 0.7 : facts.flaky)) {
      await sleep(facts.firstToken * random.next());
      throw new LLMError({ kind: "server", status: 500, message: "Internal error" });
    }
    const output = Math.max(1, Math.round(random.logNormal(150, 0.6)));
    const hit = this.#remembers(context?.session);
    if (hit) this.#tally.cacheHits += 1;
    const inputCost = (INPUT * facts.input * (hit ? CACHED_PRICE : 1)) / 1e6;
    const outputCost = (output * facts.output) / 1e6;
    this.#tally.cost += inputCost;
    // What it takes in a minute is for streams of some four seconds; with more of them at once all are slower, up to twice.
    const busy = Math.min(2, this.#inFlight / ((facts.rpm / 60) * 4));
    const slow = (trouble === "slow" ? 6 : 1) * (1 + busy ** 2 / 4);
    const first = random.logNormal(facts.firstToken, facts.spread) * slow * (hit ? CACHED_SPEED : 1);
    return { first, rest: output * facts.perToken * slow, cost: inputCost + outputCost, outputCost };
  }

  #trouble(): Trouble | undefined {
    const now = this.#clock();
    while (this.#incident < this.#script.length && this.#script[this.#incident]!.to <= now) this.#incident += 1;
    const next = this.#script[this.#incident];
    return next && next.from <= now ? next.trouble : undefined;
  }

  /** Takes a place in the bucket. @returns 0, or the milliseconds after which to come back */
  #take(rpm: number): number {
    const now = this.#clock();
    const perSecond = rpm / 60;
    this.#bucket = Math.min(perSecond * BURST, this.#bucket + ((now - this.#filledAt) / 1000) * perSecond);
    this.#filledAt = now;
    if (this.#bucket >= 1) {
      this.#bucket -= 1;
      return 0;
    }
    // When three seconds' worth of requests have come in, in whole seconds, as providers say it.
    return 3000;
  }

  #remembers(session: string | undefined): boolean {
    if (session === undefined) return false;
    const now = this.#clock();
    const last = this.#sessions.get(session);
    this.#sessions.set(session, now);
    if (this.#sessions.size > 20_000)
      for (const [key, at] of this.#sessions) if (now - at > KEPT) this.#sessions.delete(key);
    return last !== undefined && now - last <= KEPT;
  }

  #finish(cost: number): StreamEvent {
    const limit = this.facts.rpm;
    const full = (limit / 60) * BURST;
    const left = Math.floor((this.#bucket / full) * limit);
    return {
      type: "finish",
      finishReason: STOP,
      usage: USAGE,
      response: {
        headers: {
          "x-ratelimit-limit-requests": String(limit),
          "x-ratelimit-remaining-requests": String(left),
          "x-ratelimit-reset-requests": `${BURST}s`,
        },
      },
      cost: { total: cost, source: "provider" },
    };
  }
}

const TEXT: StreamEvent = { type: "text-start", id: "0" };
const STOP = { unified: "stop", raw: "stop" } as const;
const USAGE = {
  inputTokens: { total: INPUT, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 150, reasoning: undefined },
};

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
