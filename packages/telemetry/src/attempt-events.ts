import type { Attempt } from "@llmux/core";
import { EVENTS, GEN_AI, GENERAL, OWN } from "./conventions.js";
import { errorMessage } from "./failure-facts.js";
import { providerName } from "./provider-names.js";
import type { Recorder } from "./recorder.js";
import type { Redactor } from "./redactor.js";

/** Records every try of a call that took several, or whose only one failed. */
export function recordAttempts(
  recorder: Recorder,
  attempts: readonly Attempt[] | undefined,
  redact: Redactor | undefined,
): void {
  if (!attempts || attempts.length === 0 || (attempts.length === 1 && !attempts[0]?.error)) return;
  recorder.fact(OWN.attempts, attempts.length);
  for (const [index, { provider, model, deployment, error, duration }] of attempts.entries()) {
    recorder.event(EVENTS.attempt, {
      [OWN.attempt]: index + 1,
      [GEN_AI.provider]: providerName(provider),
      [GEN_AI.model]: model,
      [OWN.deployment]: deployment,
      [GENERAL.errorType]: error?.kind,
      [GENERAL.status]: error?.status,
      [OWN.attemptError]: error && redact ? errorMessage(error, redact) : undefined,
      // Seconds, as all durations of the conventions are.
      [OWN.attemptDuration]: duration / 1000,
    });
  }
}
