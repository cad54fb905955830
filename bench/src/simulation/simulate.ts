import { type GenerateRequest, withRetry } from "@llmux/core";
import { FLEET } from "./fleet.ts";
import { incidents } from "./incidents.ts";
import { Random } from "./random.ts";
import { SimulatedDeployment, type Tally } from "./simulated-deployment.ts";
import { VARIANTS } from "./variants.ts";
import { VirtualClock } from "./virtual-clock.ts";

export interface Job {
  variant: string;
  calls: number;
  seed: number;
}

/** How one variant fared. */
export interface Outcome {
  variant: string;
  calls: number;
  /** Part of the calls that got an answer. */
  success: number;
  /** US dollars for a thousand calls that got an answer. */
  cost: number;
  /** Milliseconds to the first content of those, waits and retries included. */
  p50: number;
  p95: number;
  p99: number;
  p999: number;
  /** Tries for each call. */
  tries: number;
  /** Part of the tries whose prompt was in the deployment's cache. */
  cacheHits: number;
}

/** Calls in a second, of the 168 that the fleet takes; and how many conversations go on at a time, of how many calls each. */
const RATE = 100;
const CONVERSATIONS = 2000;
const LENGTH = 8;

/** Sends all calls, each when it is its time, whatever has become of those before. */
export async function simulate({ variant, calls, seed }: Job): Promise<Outcome> {
  const clock = new VirtualClock();
  const tally: Tally = { tries: 0, cost: 0, cacheHits: 0 };
  // Arrivals, scripts and deployments have their own numbers, so that all variants meet the same day.
  const arrivals = new Random(seed);
  const duration = (calls / RATE) * 1000 * 1.1;
  const deployments = FLEET.map((facts, at) => {
    const script = incidents(new Random(seed * 1000 + at), duration);
    return new SimulatedDeployment(facts, script, new Random(seed * 1000 + 500 + at), tally, () => clock.now);
  });
  const { random } = Math;
  Math.random = new Random(seed + 1).next;
  const restore = clock.install();
  try {
    const llm = withRetry(VARIANTS[variant]!(deployments), { retries: 2, minWait: 500, maxWait: 10_000 });
    const latencies = new Float64Array(calls);
    const sessions = Array.from({ length: CONVERSATIONS }, (_, at) => `s${at}`);
    let begun = 0;
    let ended = 0;
    let answered = 0;
    const call = async (): Promise<void> => {
      const slot = Math.floor(arrivals.next() * CONVERSATIONS);
      if (arrivals.next() < 1 / LENGTH) sessions[slot] = `s${CONVERSATIONS + begun}`;
      const request: GenerateRequest = { model: "m", messages: MESSAGES, context: { session: sessions[slot] } };
      const from = clock.now;
      let first: number | undefined;
      try {
        for await (const event of llm.stream(request)) if (event.type === "text-start") first = clock.now - from;
        latencies[answered++] = first!;
      } catch {
        // Counted as what is missing.
      }
      ended += 1;
    };
    const arrive = (): void => {
      void call();
      begun += 1;
      if (begun < calls) setTimeout(arrive, arrivals.exponential(1000 / RATE));
    };
    setTimeout(arrive, 0);
    await clock.run(() => ended === calls);
    const sorted = latencies.subarray(0, answered).sort();
    const at = (part: number): number => sorted[Math.min(answered - 1, Math.floor(answered * part))] as number;
    return {
      variant,
      calls,
      success: answered / calls,
      cost: (tally.cost / answered) * 1000,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      p999: at(0.999),
      tries: tally.tries / calls,
      cacheHits: tally.cacheHits / tally.tries,
    };
  } finally {
    restore();
    Math.random = random;
  }
}

const MESSAGES: GenerateRequest["messages"] = [{ role: "user", content: "Why is the sky blue?" }];
