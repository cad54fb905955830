import type { CallOptions, LLMBackend, OptionalCall } from "@llmux/core";

/** The calls of the contract. */
export type CallName = "generate" | "stream" | OptionalCall;

/** What every request of the contract has. */
export type CallRequest = CallOptions & {
  model?: string | undefined;
  cacheKey?: string | undefined;
};

/** US dollars for one token. */
export type TokenPrice = number | { input: number; output: number } | ((request: CallRequest) => number);

/** One place that serves a model: an account, a region, a host, a machine of one's own. */
export interface Deployment {
  /** Unique in its group; stands in `attempts`, in the status and in what is shared with other processes. */
  name: string;
  backend: LLMBackend;
  /** The model to ask this deployment for. Default: the request's own. */
  model?: string | undefined;
  /** Its share of the calls, against the others' weights. 0 is for when no other is well. Default 1. */
  weight?: number | undefined;
  /**
   * US dollars for one token: for all alike; for input and output apart, reckoned three to one; or what a function says of a request, in any unit that
   * is the same for all deployments. Default: what its answers cost, where a policy inside puts a `cost` on them.
   */
  costPerToken?: TokenPrice | undefined;
  /** With so many calls in flight it is passed over as long as another has room. */
  maxParallel?: number | undefined;
  /** With so many calls begun within a minute it is passed over as long as another has room. */
  rpm?: number | undefined;
  /** With so many tokens used within a minute it is passed over as long as another has room. */
  tpm?: number | undefined;
}
