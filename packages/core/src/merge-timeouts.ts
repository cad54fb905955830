import type { Timeouts } from "./request.js";

/** A request's limits over the defaults, field by field. */
export function mergeTimeouts(defaults: Timeouts | undefined, own: Timeouts | undefined): Timeouts {
  return {
    total: own?.total ?? defaults?.total,
    firstEvent: own?.firstEvent ?? defaults?.firstEvent,
    betweenEvents: own?.betweenEvents ?? defaults?.betweenEvents,
  };
}
