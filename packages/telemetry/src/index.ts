export type { CallName } from "./operations.js";
export type { AnyRequest, ContentOptions, TelemetryOptions } from "./options.js";
export { createRedactor, type RedactionPattern, type Redactor, redactKeys, redactPersonalData } from "./redactor.js";
export { retryEvents } from "./retry-events.js";
export { withTelemetry } from "./with-telemetry.js";
