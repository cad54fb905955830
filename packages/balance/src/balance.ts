import { type Balancer, balancerOver } from "./balancer.js";
import type { Deployment } from "./deployment.js";
import { Group } from "./group.js";
import type { BalancePolicy } from "./options.js";
import { checkDeployments, settingsOf } from "./settings.js";

/** Deployments of one model, and how calls are spread over them. */
export interface BalanceOptions extends BalancePolicy {
  deployments: readonly Deployment[];
}

/**
 * One backend over several deployments of a model. A call that fails before its first content goes on at once with the next deployment; those that
 * fail or are limited rest. Put `withRetry` around it, not inside: then a call waits only when no deployment is left.
 *
 * @throws LLMError `invalid-request` for options that make no sense
 */
export function balance({ deployments, ...policy }: BalanceOptions): Balancer {
  checkDeployments(deployments, "deployments");
  const group = new Group(undefined, deployments, settingsOf(policy));
  return balancerOver([group], () => group);
}
