import { invalidOption } from "@llmux/core";
import type { CallRequest, Deployment } from "./deployment.js";
import type { HealthSettings } from "./health-options.js";
import type { BalancePolicy, HedgeOptions, ProbeOptions } from "./options.js";
import { STRATEGIES, type StrategyName, weightedShuffle } from "./strategies.js";
import type { Strategy } from "./strategy.js";

/** Options with their defaults. */
export interface Settings
  extends HealthSettings,
    Pick<BalancePolicy, "onHealth" | "onFailover" | "onHedge" | "shared"> {
  strategy: Strategy;
  maxTries: number;
  trySoonest: boolean;
  affinity: { key: (request: CallRequest) => string | undefined; load: number } | undefined;
  hedge: (HedgeOptions & { max: number; share: number }) | undefined;
  probe: (ProbeOptions & { every: number; timeout: number }) | undefined;
}

/** @throws LLMError `invalid-request` */
export function settingsOf(policy: BalancePolicy): Settings {
  const { cooldown, breaker, affinity, hedge, probe, maxTries = 3, whenAllCool = "fail" } = policy;
  if (!Number.isInteger(maxTries) || maxTries < 1) invalid("maxTries", "must be a whole number, 1 or more", maxTries);
  if (whenAllCool !== "fail" && whenAllCool !== "try-soonest")
    invalid("whenAllCool", "must be fail or try-soonest", whenAllCool);
  const settings: Settings = {
    strategy: strategyOf(policy.strategy),
    maxTries,
    trySoonest: whenAllCool === "try-soonest",
    cooldown: {
      base: duration("cooldown.base", cooldown?.base ?? Math.min(5_000, cooldown?.max ?? 5_000)),
      max: duration("cooldown.max", cooldown?.max ?? Math.max(60_000, cooldown?.base ?? 0)),
      refused: duration("cooldown.refused", cooldown?.refused ?? 300_000),
    },
    breaker:
      breaker === false
        ? undefined
        : {
            failures: count("breaker.failures", breaker?.failures ?? 5),
            openFor: duration("breaker.openFor", breaker?.openFor ?? Math.min(15_000, breaker?.maxOpenFor ?? 15_000)),
            maxOpenFor: duration("breaker.maxOpenFor", breaker?.maxOpenFor ?? Math.max(300_000, breaker?.openFor ?? 0)),
            trials: count("breaker.trials", breaker?.trials ?? 1),
          },
    affinity: affinity === false ? undefined : { key: affinity?.key ?? sessionOf, load: affinity?.load ?? 1.25 },
    hedge: hedge && { ...hedge, max: count("hedge.max", hedge.max ?? 1), share: hedge.share ?? 0.1 },
    probe: probe && {
      ...(probe === true ? {} : probe),
      every: duration("probe.every", (probe === true ? undefined : probe.every) ?? 15_000, 1),
      timeout: duration("probe.timeout", (probe === true ? undefined : probe.timeout) ?? 10_000, 1),
    },
    shared: policy.shared,
    onHealth: policy.onHealth,
    onFailover: policy.onFailover,
    onHedge: policy.onHedge,
  };
  const { load = 1 } = settings.affinity ?? {};
  if (!(load >= 1)) invalid("affinity.load", "must be 1 or more", load);
  const { after, share } = settings.hedge ?? { after: 0, share: 1 };
  if (typeof after === "number") duration("hedge.after", after);
  else if (!/^p[1-9]\d?(\.\d+)?$/.test(after)) invalid("hedge.after", "must be milliseconds or p1 to p99", after);
  if (!(share > 0 && share <= 1)) invalid("hedge.share", "must be above 0 and at most 1", share);
  return settings;
}

/** @throws LLMError `invalid-request` for deployments that can't be one group */
export function checkDeployments(deployments: readonly Deployment[], parameter: string): void {
  if (!Array.isArray(deployments) || deployments.length === 0)
    invalid(parameter, "must be a list of one deployment or more", JSON.stringify(deployments));
  const names = new Set<string>();
  for (const { name, backend, weight, maxParallel, rpm, tpm, costPerToken } of deployments as Deployment[]) {
    if (typeof name !== "string" || name === "") invalid(parameter, "must each have a name", JSON.stringify(name));
    if (names.has(name)) invalid(parameter, "must have names of their own", JSON.stringify(name));
    names.add(name);
    const of = `${parameter}.${name}`;
    if (typeof backend?.generate !== "function") invalid(`${of}.backend`, "must be a backend", typeof backend);
    amount(`${of}.weight`, weight);
    amount(`${of}.maxParallel`, maxParallel, 1);
    amount(`${of}.rpm`, rpm, 1);
    amount(`${of}.tpm`, tpm, 1);
    if (typeof costPerToken === "object") {
      amount(`${of}.costPerToken.input`, costPerToken.input);
      amount(`${of}.costPerToken.output`, costPerToken.output);
    } else if (typeof costPerToken !== "function") amount(`${of}.costPerToken`, costPerToken);
  }
}

export function invalid(parameter: string, message: string, value: unknown): never {
  throw invalidOption(parameter, message, String(value));
}

function sessionOf({ context, cacheKey }: CallRequest): string | undefined {
  return context?.session ?? cacheKey;
}

function strategyOf(strategy: StrategyName | Strategy = weightedShuffle): Strategy {
  if (typeof strategy === "function") return strategy;
  if (Object.hasOwn(STRATEGIES, strategy)) return STRATEGIES[strategy];
  return invalid("strategy", `must be a function or one of ${Object.keys(STRATEGIES).join(", ")}`, strategy);
}

function duration(parameter: string, value: number, least = 0): number {
  // A longer timer would overflow and fire at once.
  if (!(value >= least && value < 2 ** 31)) invalid(parameter, `must be from ${least} to 2^31 ms`, value);
  return value;
}

function count(parameter: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) invalid(parameter, "must be a whole number, 1 or more", value);
  return value;
}

function amount(parameter: string, value: number | undefined, least = 0): void {
  if (value !== undefined && !(value >= least && Number.isFinite(value)))
    invalid(parameter, `must be a number, ${least} or more`, value);
}
