import type { RetryNotice } from "@llmux/core";
import { trace } from "@opentelemetry/api";
import { EVENTS, GEN_AI, GENERAL, OWN } from "./conventions.js";
import { guard } from "./guard.js";
import { Recorder } from "./recorder.js";
import { redactKeys } from "./redactor.js";

/**
 * A listener for `withRetry` inside of `withTelemetry`: adds an event `llmux.retry` to the call's span as soon as a retry is decided, before its
 * wait. Needs the context manager that every OpenTelemetry SDK for Node registers.
 *
 * ```ts
 * const llm = withTelemetry(withRetry(backend, { onRetry: retryEvents() }));
 * ```
 *
 * @param then told as well; what it throws ends the call, as with `withRetry`
 */
export function retryEvents(then?: (retry: RetryNotice) => void): (retry: RetryNotice) => void {
  return (retry) => {
    guard("retryEvents", () => {
      const span = trace.getActiveSpan();
      if (!span?.isRecording()) return;
      new Recorder(span, redactKeys).event(EVENTS.retry, {
        [OWN.retryAttempt]: retry.attempt,
        [OWN.retryAttempts]: retry.attempts,
        [OWN.retryWait]: retry.wait / 1000,
        [GENERAL.errorType]: retry.error.kind,
        [GENERAL.status]: retry.error.status,
        [GEN_AI.model]: retry.model,
      });
    });
    then?.(retry);
  };
}
