import type { Timeouts } from "./request.js";

/** A request's limits over the defaults, field by field. */
export function mergeTimeouts(defaults: Timeouts | undefined, own: Timeouts | undefined): Timeouts {
  const merged: Timeouts = { ...defaults };
  for (const key in own) merged[key as keyof Timeouts] = own[key as keyof Timeouts] ?? merged[key as keyof Timeouts];
  return merged;
}
