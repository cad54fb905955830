import { diag } from "@opentelemetry/api";

/**
 * Runs what must not fail a call: a hook, an exporter, a span processor. What it throws goes to OpenTelemetry's own log, by name only,
 * since its message may quote what was not to be recorded.
 */
export function guard<T>(what: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    tell(what, error);
    return undefined;
  }
}

export function tell(what: string, error: unknown): void {
  try {
    diag.error(`@llmux/telemetry: ${what} failed (${error instanceof Error ? error.name : typeof error})`);
  } catch {
    // A log that throws is nobody's to mend here.
  }
}
