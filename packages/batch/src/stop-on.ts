import { invalidOption, type LLMErrorKind } from "@llmux/core";

/** Failures that what follows would meet too: of the key, or of the account. */
const STOP_ON: readonly LLMErrorKind[] = ["authentication", "quota-exceeded", "budget-exceeded"];

/** The option as it is used. @throws LLMError `invalid-request` */
export function stopOnOf(stopOn: readonly LLMErrorKind[] = STOP_ON): readonly LLMErrorKind[] {
  if (!Array.isArray(stopOn)) throw invalidOption("stopOn", "must be a list of kinds of failure", stopOn);
  return stopOn;
}
