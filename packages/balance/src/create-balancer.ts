import { type LLMBackend, LLMError } from "@llmux/core";
import { type Balancer, balancerOver } from "./balancer.js";
import type { Deployment } from "./deployment.js";
import { Group } from "./group.js";
import type { BalancePolicy } from "./options.js";
import { checkDeployments, invalid, settingsOf } from "./settings.js";

/** Groups of deployments by the model name that the application uses. */
export interface BalancerOptions extends BalancePolicy {
  /** The deployments of each model, or those and what of the policy is different for them. */
  models: Readonly<Record<string, readonly Deployment[] | (BalancePolicy & { deployments: readonly Deployment[] })>>;
  /** Where calls for other models go. Default: they are an `invalid-request`. */
  fallthrough?: LLMBackend | undefined;
}

/**
 * One backend for many models: `request.model` picks the group, and the deployment says what its model is called there.
 *
 * @throws LLMError `invalid-request` for options that make no sense, and from calls for a model that there is no group of
 */
export function createBalancer({ models, fallthrough, ...policy }: BalancerOptions): Balancer {
  const listed = Object.entries(models);
  if (listed.length === 0) invalid("models", "must name one model or more", JSON.stringify(models));
  const settled = listed.map(([name, group]) => {
    const { deployments, ...own } = "deployments" in group ? group : { deployments: group };
    checkDeployments(deployments, `models.${name}`);
    return { name, deployments, settings: settingsOf({ ...policy, ...own }) };
  });
  const groups = new Map(
    settled.map(({ name, deployments, settings }) => [name, new Group(name, deployments, settings)]),
  );
  const balancer = balancerOver(
    [...groups.values()],
    ({ model }) => {
      const group = model === undefined ? undefined : groups.get(model);
      if (group) return group;
      if (fallthrough) return fallthrough;
      const known = [...groups.keys()].join(", ");
      const message =
        model === undefined ? `model must be one of ${known}` : `There is no model ${model}, but ${known}`;
      throw new LLMError({ kind: "invalid-request", parameter: "model", model, message });
    },
    fallthrough,
  );
  balancer.listModels = async (request) => {
    const own = request?.provider === undefined ? [...groups.keys()].map((id) => ({ id })) : [];
    const others = (await fallthrough?.listModels?.(request)) ?? [];
    return [...own, ...others];
  };
  return balancer;
}
