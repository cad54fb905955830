import { deferStream, type LLMBackend, LLMError, OPTIONAL_CALLS } from "@llmux/core";
import { BalancedStream } from "./balanced-stream.js";
import type { CallRequest } from "./deployment.js";
import { Group } from "./group.js";
import { type DeploymentStatus, statusOf } from "./status.js";
import { wholeCall } from "./whole-call.js";

/** Many deployments as one backend. It has the calls that one of them has. */
export interface Balancer extends LLMBackend, AsyncDisposable {
  /** How the deployments are now. */
  status(): DeploymentStatus[];
  /** Ends probes and the exchange with other processes. Calls still go through. */
  close(): Promise<void>;
}

/**
 * A backend that sends each call where a request belongs.
 *
 * @param route throws where it leads nowhere
 * @param fallthrough what `route` may give beside the groups
 */
export function balancerOver(
  groups: readonly Group[],
  route: (request: CallRequest) => Group | LLMBackend,
  fallthrough?: LLMBackend,
): Balancer {
  const close = async (): Promise<void> => {
    for (const group of groups) group.close();
  };
  const balancer: Balancer = {
    provider: "balance",
    async generate(request) {
      const to = route(request);
      return to instanceof Group ? wholeCall(to, "generate", request) : to.generate(request);
    },
    stream(request) {
      try {
        const to = route(request);
        return to instanceof Group ? new BalancedStream(to, request) : to.stream(request);
      } catch (error) {
        return deferStream(() => Promise.reject(error));
      }
    },
    status: () => groups.flatMap(statusOf),
    close,
    [Symbol.asyncDispose]: close,
  };
  for (const name of OPTIONAL_CALLS) {
    const has = groups.some(({ pool }) => pool.members.some((member) => member.has(name)));
    if (!has && !fallthrough?.[name]) continue;
    const call = async (request: CallRequest = {}): Promise<unknown> => {
      const to = route(request);
      if (to instanceof Group) return wholeCall(to, name, request);
      if (to[name]) return to[name](request as never);
      const { model } = request;
      throw new LLMError({
        kind: "unsupported",
        model,
        message: `What serves ${model} does not have the call ${name}`,
      });
    };
    balancer[name] = call as never;
  }
  return balancer;
}
