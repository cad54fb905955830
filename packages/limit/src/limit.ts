import type { LimitedCall } from "./limited-call.js";

/** How long a window is: a name, or milliseconds. */
export type Window = "second" | "minute" | "hour" | "day" | number;

/** Whose calls count together: a fact of the call. `deployment` is the backend that the policy stands around, so all of its calls. */
export type Subject = "deployment" | "key" | "user" | "tag" | "session" | "model";

/** A limit has at least one of `requests`, `tokens` and `parallel`; each holds by itself. */
export interface Limit {
  /** Calls that may begin in any stretch of time as long as `window`. */
  requests?: number | undefined;
  /** Tokens, input and output, in any stretch of time as long as `window`. Reserved from an estimate, and put right when the call has ended. */
  tokens?: number | undefined;
  /** Calls under way at once. */
  parallel?: number | undefined;
  /** Of `requests` and `tokens`. Default `minute`; 30 days at most. */
  window?: Window | undefined;
  /**
   * Whose calls count together. Several facts: each combination counts for itself. Calls that lack a fact count together; a call with several tags
   * counts for each of them. A function gives a name, or `undefined` for calls that the limit is not for. Default `deployment`.
   */
  per?: Subject | readonly Subject[] | ((call: LimitedCall) => string | undefined) | undefined;
  /** Which calls it is for. Default all. */
  for?: ((call: LimitedCall) => boolean) | undefined;
  /** Tells limits apart that would else count the same, and is shown in errors. Default: what `per` says. */
  name?: string | undefined;
}
