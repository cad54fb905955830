import type { Check } from "./check.js";
import { CONVERSATION_CHECKS } from "./checks/conversation.js";
import { ERROR_CHECKS } from "./checks/errors.js";
import { EVENT_CHECKS } from "./checks/events.js";
import { HOSTILE_CHECKS } from "./checks/hostile.js";
import { ISOLATION_CHECKS } from "./checks/isolation.js";
import { LEAVING_CHECKS } from "./checks/leaving.js";
import { MEDIA_CHECKS } from "./checks/media.js";
import { OTHER_CALL_CHECKS } from "./checks/other-calls.js";
import { OUTPUT_CHECKS } from "./checks/output.js";
import { PARAMETER_CHECKS } from "./checks/parameters.js";
import { REASONING_CHECKS } from "./checks/reasoning.js";
import { RESULT_CHECKS } from "./checks/results.js";
import { SECRET_CHECKS } from "./checks/secrets.js";
import { WIRE_CHECKS } from "./checks/wire.js";

/** Every check of the kit, in the order in which they are run. */
export const CHECKS: readonly Check[] = [
  ...RESULT_CHECKS,
  ...EVENT_CHECKS,
  ...WIRE_CHECKS,
  ...CONVERSATION_CHECKS,
  ...OUTPUT_CHECKS,
  ...PARAMETER_CHECKS,
  ...MEDIA_CHECKS,
  ...REASONING_CHECKS,
  ...OTHER_CALL_CHECKS,
  ...LEAVING_CHECKS,
  ...ERROR_CHECKS,
  ...SECRET_CHECKS,
  ...HOSTILE_CHECKS,
  ...ISOLATION_CHECKS,
];
