import { type BalancePolicy, balance, type Deployment } from "@llmux/balance";
import type { LLMBackend } from "@llmux/core";
import type { SimulatedDeployment } from "./simulated-deployment.ts";

const over =
  (policy: BalancePolicy) =>
  (deployments: readonly SimulatedDeployment[]): LLMBackend =>
    balance({ affinity: false, maxTries: 4, ...policy, deployments: deployments.map(deploymentOf) });

/** Ways to spread calls, by the names that the table shows. Each has the same retries around it. */
export const VARIANTS: Readonly<Record<string, (deployments: readonly SimulatedDeployment[]) => LLMBackend>> = {
  "round robin, nothing else": roundRobin,
  weightedShuffle: over({ strategy: "weightedShuffle" }),
  leastBusy: over({ strategy: "leastBusy" }),
  lowestLatency: over({ strategy: "lowestLatency" }),
  lowestCost: over({ strategy: "lowestCost" }),
  mostRemaining: over({ strategy: "mostRemaining" }),
  "weightedShuffle, affinity": over({ affinity: {} }),
  "leastBusy, hedged": over({ strategy: "leastBusy", hedge: { after: "p95" } }),
  "lowestLatency, hedged": over({ strategy: "lowestLatency", hedge: { after: "p95" } }),
  "affinity, hedged": over({ affinity: {}, hedge: { after: "p95" } }),
};

function deploymentOf(backend: SimulatedDeployment): Deployment {
  const { name, rpm, input, output } = backend.facts;
  return { name, backend, weight: rpm, costPerToken: { input: input / 1e6, output: output / 1e6 } };
}

/** What one writes first: each in its turn, whatever became of the last call there. */
function roundRobin(deployments: readonly SimulatedDeployment[]): LLMBackend {
  let turn = 0;
  const [first] = deployments;
  return {
    provider: "round-robin",
    generate: () => first!.generate(),
    stream: (request) => deployments[turn++ % deployments.length]!.stream(request),
  };
}
