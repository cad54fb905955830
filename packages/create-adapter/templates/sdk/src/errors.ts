import type { LLMErrorKind } from "@llmux/core";
import { LLMError, type LLMErrorFacts } from "@llmux/core/adapter";
import { connectionFacts, kindFromStatus, retryAfterFrom } from "@llmux/core/failures";

/** An error as the provider tells of it: in a body of its own, or in the middle of a stream. */
export interface WireError {
  code?: unknown;
  message?: unknown;
}

/** CHANGE: what the provider's own codes mean; for the rest the status must do. */
const KINDS: ReadonlyMap<unknown, LLMErrorKind> = new Map<unknown, LLMErrorKind>([
  ["context_length_exceeded", "context-window-exceeded"],
  ["content_policy_violation", "content-policy"],
  ["insufficient_quota", "quota-exceeded"],
]);

/** CHANGE: what the SDK throws. Not by its classes: that would load it, and there may be two copies of it. */
interface SDKError extends Error {
  status?: unknown;
  headers?: Headers;
  /** The error in the body. */
  error?: WireError | null;
}

/** What the SDK has thrown, in core's words; `undefined` for what is not the provider's doing. */
export function toError(thrown: unknown): LLMErrorFacts | undefined {
  // An error of absurd depth, over which the SDK itself has stumbled.
  if (thrown instanceof RangeError) return { kind: "malformed-response", message: "The answer can't be read" };
  if (!(thrown instanceof Error)) return undefined;
  const { status, headers, error, message } = thrown as SDKError;
  if (typeof status !== "number") return connectionFacts(thrown) ?? connectionFacts(thrown.cause);
  const { code, message: told } = typeof error === "object" && error !== null ? error : {};
  return {
    kind: KINDS.get(code) ?? kindFromStatus(status),
    message: typeof told === "string" ? told : message,
    code: typeof code === "string" ? code : undefined,
    status,
    requestId: headers?.get("x-request-id") ?? undefined,
    retryAfter: headers && retryAfterFrom(headers),
  };
}

/** What an error says that came in place of an answer, or in the middle of one. */
export function errorFromObject({ code, message }: WireError): LLMError {
  return new LLMError({
    kind: KINDS.get(code) ?? "server",
    message: typeof message === "string" ? message : "The provider reported an error",
    code: typeof code === "string" ? code : undefined,
  });
}

/** For what is no answer of this API. */
export function malformed(text: string): LLMError {
  return new LLMError({ kind: "malformed-response", message: `Not an answer: ${text.slice(0, 100)}`, text });
}

/**
 * What is read of an answer. A reader that stumbles over a value has met one of another type, and is not itself at fault.
 *
 * @throws LLMError `malformed-response`
 */
export function reading<T>(text: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof LLMError ? error : malformed(text);
  }
}
