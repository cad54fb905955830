import type { LLMErrorKind } from "@llmux/core";
import type { Group } from "./group.js";
import type { HealthState } from "./health.js";

/** A deployment at a moment, for metrics and eyes. */
export interface DeploymentStatus {
  /** The model that it serves, as the application names it; `undefined` from `balance`. */
  group: string | undefined;
  name: string;
  state: HealthState;
  /** When it may be called again, where it may not be now. */
  until: Date | undefined;
  /** The last failure that made it rest. */
  kind: LLMErrorKind | undefined;
  /** Calls under way; a stream until its end. */
  inFlight: number;
  /** Tries that this process has begun, and those that failed: all but what was the request's or the caller's own doing. */
  calls: number;
  failures: number;
  /** Milliseconds: moving averages of a stream's first content and of whole answers; `undefined` before the first. */
  latency: { stream: number | undefined; generate: number | undefined };
  /** How much of its tightest rate limit is left, from 0 to 1; `undefined` where its answers don't tell. */
  remaining: number | undefined;
}

export function statusOf(group: Group): DeploymentStatus[] {
  const now = Date.now();
  return group.pool.members.map((member) => {
    const { deployment, health, inFlight, calls, failures } = member;
    return {
      group: group.name,
      name: deployment.name,
      state: health.state(now),
      until: health.until > now ? new Date(health.until) : undefined,
      kind: health.kind,
      inFlight,
      calls,
      failures,
      latency: { stream: member.latency("stream"), generate: member.latency("generate") },
      remaining: member.remaining(now),
    };
  });
}
