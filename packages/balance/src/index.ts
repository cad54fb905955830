export { type BalanceOptions, balance } from "./balance.js";
export type { Balancer } from "./balancer.js";
export { type BalancerOptions, createBalancer } from "./create-balancer.js";
export type { CallName, CallRequest, Deployment, TokenPrice } from "./deployment.js";
export type { HealthState, Outage } from "./health.js";
export type { BreakerOptions, CooldownOptions } from "./health-options.js";
export type {
  AffinityOptions,
  BalancePolicy,
  FailoverNotice,
  HealthNotice,
  HedgeNotice,
  HedgeOptions,
  ProbeOptions,
} from "./options.js";
export type { SharedHealth, SharedWatcher } from "./shared-health.js";
export type { DeploymentStatus } from "./status.js";
export {
  leastBusy,
  lowestCost,
  lowestLatency,
  mostRemaining,
  type StrategyName,
  weightedShuffle,
} from "./strategies.js";
export type { Candidate, Strategy, StrategyContext } from "./strategy.js";
