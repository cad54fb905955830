import { isLLMError } from "@llmux/core";
import { SpanStatusCode } from "@opentelemetry/api";
import { GENERAL, OWN } from "./conventions.js";
import { guard } from "./guard.js";
import type { Recorder } from "./recorder.js";
import { type Redactor, redactKeys } from "./redactor.js";

/** Codes are words; what else stands in their place is not recorded. */
const CODE = /^[\w.:-]{1,64}$/;

/** Value of `error.type`: the kind of an LLMError, else the error's own name. */
export function errorType(error: unknown): string {
  if (isLLMError(error)) return error.kind;
  return error instanceof Error && CODE.test(error.name) ? redactKeys(error.name) : "_OTHER";
}

/** @param redact goes over the error's message; left out: the message is not recorded */
export function recordFailure(recorder: Recorder, error: unknown, redact: Redactor | undefined): void {
  const type = errorType(error);
  recorder.fact(GENERAL.errorType, type);
  if (isLLMError(error)) {
    recorder.fact(GENERAL.status, error.status);
    if (typeof error.code === "string" && CODE.test(error.code)) recorder.fact(OWN.errorCode, error.code);
    recorder.fact(OWN.requestId, error.requestId);
  }
  const message = redact && guard("the error's message", () => errorMessage(error, redact));
  guard("status", () => recorder.span.setStatus({ code: SpanStatusCode.ERROR, message: message ?? type }));
}

/** Most characters of an error's message. */
const MOST = 1024;

export function errorMessage(error: unknown, redact: Redactor): string | undefined {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === "string" && message !== "" ? redact(message).slice(0, MOST) : undefined;
}
