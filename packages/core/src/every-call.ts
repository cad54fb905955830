import type { LLMBackend } from "./backend.js";
import type { MiddlewareParts } from "./middleware.js";
import { OPTIONAL_CALLS, type OptionalCall } from "./optional-calls.js";
import type { CallOptions } from "./request.js";

type Around = <R extends CallOptions & { model?: string | undefined }, T>(
  request: R,
  call: (request: R) => Promise<T>,
  /** Which call it is. */
  name: "generate" | OptionalCall,
) => Promise<T>;

/**
 * The parts of a middleware that does the same around every call but `stream`, whatever the call: also around those that the
 * contract will grow.
 *
 * ```ts
 * const counted = defineMiddleware({
 *   ...everyCall(async (request, call) => {
 *     calls += 1;
 *     return call(request);
 *   }),
 * });
 * ```
 */
export function everyCall(around: Around): Omit<MiddlewareParts, "name" | "request" | "stream"> {
  const part = (name: "generate" | OptionalCall) => (request: never, next: LLMBackend) =>
    around(request, (inner) => next[name]!(inner) as Promise<unknown>, name);
  return Object.fromEntries(["generate" as const, ...OPTIONAL_CALLS].map((name) => [name, part(name)]));
}
