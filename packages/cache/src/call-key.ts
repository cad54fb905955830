import { type CallOptions, type GenerateRequest, requestKey } from "@llmux/core";
import type { CacheableRequest, CachedCall } from "./cached-call.js";

/** Of how entries are keyed and written; those of another are not found. */
export const FORMAT = 1;

/** Headers that tell one call from another, and change no answer. All others may: they say who asks, or switch something on. */
const TRACING =
  /^(traceparent|tracestate|baggage|b3|x-b3-.+|user-agent|idempotency-key|request-id|x-(.+-)?(request|correlation|trace|span)-id)$/;

/** Whose answers are shared, and where they are kept. */
export interface KeySpace {
  provider: string;
  namespace: string;
  /** Name and value of what calls must have in common. */
  scope: readonly [string, string | undefined];
}

/**
 * The text that two calls have in common exactly where they may have the same answer. `user` and `cacheKey` change none: who shares with whom is the
 * scope's business.
 *
 * @throws what `requestKey` throws
 */
export function callKey(call: CachedCall, request: CacheableRequest, { provider, namespace, scope }: KeySpace): string {
  const { headers } = request;
  const telling = headers ? tellingHeaders(headers) : "";
  // Quoted, so that no name can run into the next.
  const [name, value] = scope;
  const shared = value === undefined ? name : name + JSON.stringify(value);
  return `${FORMAT} ${call} ${JSON.stringify(provider)}${JSON.stringify(namespace)} ${shared}${telling}${requestKey(asked(request))}`;
}

function asked(request: CacheableRequest): object {
  if (!("user" in request || "cacheKey" in request)) return request;
  const { user: _, cacheKey: __, ...rest } = request as GenerateRequest;
  return rest;
}

function tellingHeaders(headers: NonNullable<CallOptions["headers"]>): string {
  const telling = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !TRACING.test(name));
  return telling.length > 0 ? JSON.stringify(telling.sort(([a], [b]) => (a < b ? -1 : 1))) : "";
}

/** Parameters by which a provider goes on from what it remembers, or does something beside answering. */
const STATEFUL = ["previous_response_id", "previousResponseId", "conversation", "background", "container"];

/** Whether the answer depends on what the provider keeps of earlier calls, so that the same question has another answer later. */
export function isStateful({ providerOptions }: CacheableRequest): boolean {
  if (!providerOptions) return false;
  return Object.values(providerOptions).some((options) =>
    STATEFUL.some((name) => Boolean((options as Record<string, unknown> | undefined)?.[name])),
  );
}
