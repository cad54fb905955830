import type { Check } from "./check.js";
import { LEAVING_CHECKS } from "./checks/leaving.js";
import { RESULT_CHECKS } from "./checks/results.js";
import { WIRE_CHECKS } from "./checks/wire.js";

/** Every check of the kit, in the order in which they are run. */
export const CHECKS: readonly Check[] = [...RESULT_CHECKS, ...WIRE_CHECKS, ...LEAVING_CHECKS];
