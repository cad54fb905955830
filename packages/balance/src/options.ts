import type { LLMErrorKind } from "@llmux/core";
import type { CallName, CallRequest, Deployment } from "./deployment.js";
import type { HealthState } from "./health.js";
import type { BreakerOptions, CooldownOptions } from "./health-options.js";
import type { SharedHealth } from "./shared-health.js";
import type { StrategyName } from "./strategies.js";
import type { Strategy } from "./strategy.js";

/** How calls of one conversation stay together. */
export interface AffinityOptions {
  /** What calls that belong together have in common. Default: `context.session`, else the request's `cacheKey`. */
  key?: ((request: CallRequest) => string | undefined) | undefined;
  /** A deployment with more than this many times its share of the calls in flight is passed over. At least 1. Default 1.25. */
  load?: number | undefined;
}

/** A second try for calls that take long, while the first goes on. */
export interface HedgeOptions {
  /** Milliseconds without content, or the part of such calls of late that was faster: `"p95"`. */
  after: number | `p${number}`;
  /** Further tries for one call, at most. Default 1. */
  max?: number | undefined;
  /** The part of the calls that may be hedged, so that a slow hour does not double the traffic: from above 0 to 1. Default 0.1. */
  share?: number | undefined;
}

/** A cheap call now and then to deployments whose circuit is open or whose key was refused. */
export interface ProbeOptions {
  /** Milliseconds between probes. Default 15,000. */
  every?: number | undefined;
  /** Milliseconds after which a probe has failed. Default 10,000. */
  timeout?: number | undefined;
  /** The probe: what rejects has failed. Default: `listModels`, or where the backend has none a call for one token. */
  probe?: ((deployment: Deployment, signal: AbortSignal) => Promise<unknown>) | undefined;
}

/** A change of what is thought of a deployment. */
export interface HealthNotice {
  /** The model that the deployment serves, as the application names it; `undefined` from `balance`. */
  group: string | undefined;
  deployment: string;
  state: HealthState;
  /** When it may be called again, where it may not be now. */
  until: Date | undefined;
  /** The last failure that made it rest. */
  kind: LLMErrorKind | undefined;
}

/** A call that goes on elsewhere. */
export interface FailoverNotice {
  group: string | undefined;
  call: CallName;
  from: string;
  to: string;
  error: Error;
}

/** A second try that was begun beside one that takes long, or lost against another. */
export interface HedgeNotice {
  group: string | undefined;
  call: CallName;
  deployment: string;
  outcome: "begun" | "lost";
  /**
   * US dollars that the loser cost: where it had answered too, what its answer says, otherwise what its input costs where the deployment has a
   * price for it; `undefined` where that is not known.
   */
  cost?: number | undefined;
}

/** How calls are spread and failures met. */
export interface BalancePolicy {
  /** Default `weightedShuffle`. */
  strategy?: StrategyName | Strategy | undefined;
  /** Deployments that are tried for one call at most, hedges included. Default 3. */
  maxTries?: number | undefined;
  cooldown?: CooldownOptions | undefined;
  /** `false`: never leave a deployment alone because it keeps failing. */
  breaker?: BreakerOptions | false | undefined;
  /** When no deployment is well: fail at once, saying when one returns, or try the one that returns first. Default `fail`. */
  whenAllCool?: "fail" | "try-soonest" | undefined;
  /** `false`: calls of one session go wherever the strategy says. */
  affinity?: AffinityOptions | false | undefined;
  /** Default: no hedging. */
  hedge?: HedgeOptions | undefined;
  /** Default: no probes; a deployment is tried again with calls. */
  probe?: ProbeOptions | true | undefined;
  /** Where processes tell each other which deployments rest, as `@llmux/balance/redis` has it. */
  shared?: SharedHealth | undefined;
  /** Told when a deployment is left alone and when it is back. What listeners throw is ignored. */
  onHealth?: ((notice: HealthNotice) => void) | undefined;
  onFailover?: ((notice: FailoverNotice) => void) | undefined;
  onHedge?: ((notice: HedgeNotice) => void) | undefined;
}
