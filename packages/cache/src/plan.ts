import type { CacheableRequest, CachedCall } from "./cached-call.js";
import { callKey, isStateful } from "./call-key.js";
import type { CacheMiss } from "./options.js";
import { callCache, type Settings } from "./settings.js";

/** How the cache treats one call. */
export interface Plan {
  /** What was asked for, which listeners are told. */
  asked: CacheMiss["call"];
  /** What calls that may have the same answer have in common. */
  key: string;
  /** What calls that may have the same answer, and be one, have in common. */
  flight: string;
  ttl: number;
  refresh: boolean;
}

/**
 * `undefined`: the call is none of the cache's business.
 *
 * @throws LLMError `invalid-request` for what the call says of the cache and makes no sense; what `scope` and `when` throw
 */
export function planOf(
  settings: Settings,
  provider: string,
  asked: CacheMiss["call"],
  request: CacheableRequest,
  /** What of the request must be the same. */
  same: CacheableRequest = request,
): Plan | undefined {
  const call: CachedCall = asked === "stream" ? "generate" : asked;
  const said = callCache(request);
  if (said === false || isStateful(request) || settings.when?.(request, call) === false) return undefined;
  const scope = scopeOf(settings.scope, request);
  if (!scope) return undefined;
  const { ttl = settings.ttl, namespace = settings.namespace, refresh = false } = said;
  let key: string;
  try {
    key = callKey(call, same, { provider, namespace, scope });
  } catch {
    // What has no canonical text can't be sent either: who is to send it says so in the right words.
    return undefined;
  }
  const { firstEvent, betweenEvents } = request.timeout ?? {};
  // Calls of different patience are not one: the others would fail of what only one has said.
  const isPatient = firstEvent === undefined && betweenEvents === undefined;
  const flight = isPatient && !refresh ? key : `${refresh} ${firstEvent} ${betweenEvents} ${key}`;
  return { asked, key, flight, ttl, refresh };
}

/** The same call, which is not to be answered with what is there. */
export function refreshed(plan: Plan): Plan {
  return plan.refresh ? plan : { ...plan, flight: `true ${plan.flight}`, refresh: true };
}

function scopeOf(
  scope: Settings["scope"],
  request: CacheableRequest,
): readonly [string, string | undefined] | undefined {
  const { context } = request;
  if (scope === "key") return [scope, context?.key];
  if (scope === "all") return [scope, undefined];
  const own = scope === "user" ? (context?.user ?? (request as { user?: string }).user) : scope(request);
  // A function in JavaScript may say `null`, and must not mean all by it.
  return (own ?? undefined) === undefined ? undefined : [typeof scope === "string" ? scope : "own", own];
}
