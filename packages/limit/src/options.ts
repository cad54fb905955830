import type { Limit } from "./limit.js";
import type { LimitStore } from "./limit-store.js";
import type { LimitedCall } from "./limited-call.js";

/** How calls are limited. */
export interface WithLimitOptions {
  /**
   * All of them hold. A function gives those of a call, for limits that stand in a database; a list that it gives again is not read again. What it
   * throws fails the call.
   */
  limits: readonly Limit[] | ((call: LimitedCall) => readonly Limit[] | Promise<readonly Limit[]>);
  /** Name of what stands behind. Policies of one name count together where they share a limiter. Default: the backend's `provider`. */
  name?: string | undefined;
  /** Where it is counted: `memoryLimiter()`, to be shared by several, or `redisLimiter(…)` for several processes. Default: one of its own, in memory. */
  limiter?: LimitStore | undefined;
  /** A call that there is no room for waits, or fails at once with `rate-limit`. Default `wait`. */
  whenFull?: "wait" | "fail" | undefined;
  /** Milliseconds that a call waits at most. One that would have to wait longer fails at once, where that is known. Default 120,000. */
  maxWait?: number | undefined;
  /** Calls of one caller that may wait; further ones fail at once. Default 1,000. */
  maxQueue?: number | undefined;
  /** Who takes turns with whom. Default: the call's key, else its user. */
  fairBy?: ((call: LimitedCall) => string | undefined) | undefined;
  /** Tokens that are reserved for the answer where the request has no `maxTokens`. Default 1,000. */
  expectedOutput?: number | undefined;
  /** Tokens that a call is reckoned to take, in place of an estimate from its length. */
  estimate?: ((call: LimitedCall) => number) | undefined;
  /** Told of each call that begins to wait. What it throws is ignored. */
  onWait?: ((notice: WaitNotice) => void) | undefined;
}

/** A call that begins to wait. */
export interface WaitNotice {
  call: LimitedCall;
  /** What it waits for, as `60 requests a minute per key`. */
  limit: string;
  /** Milliseconds until there may be room for the first in line; `undefined` where that depends on the end of other calls. */
  wait: number | undefined;
  /** Calls that wait for the same before it. */
  ahead: number;
}

/** One limit as it stands. */
export interface LimitStatus {
  /** As `60 requests a minute per key`. */
  name: string;
  kind: "requests" | "tokens" | "parallel";
  limit: number;
  used: number;
  remaining: number;
  /** Milliseconds until nothing is used, if nothing is added; `undefined` where that depends on the end of calls. */
  resetAfter: number | undefined;
  /** Calls of this process that wait for it. */
  waiting: number;
}
