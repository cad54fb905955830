import type { LLMErrorKind } from "@llmux/core";
import { LLMError } from "@llmux/core/adapter";
import { kindFromStatus, retryAfterFrom } from "@llmux/core/failures";

/** An error as the host tells of it, in a body of its own or in mid-stream. */
export interface WireError {
  message?: unknown;
  code?: unknown;
  type?: unknown;
}

/** What the host's own codes mean; for the rest the status must do. */
const KINDS = new Map<unknown, LLMErrorKind>([
  ["context_length_exceeded", "context-window-exceeded"],
  ["content_policy_violation", "content-policy"],
  ["insufficient_quota", "quota-exceeded"],
]);

/** What an answer with an error status says. */
export async function errorFromAnswer(response: Response): Promise<LLMError> {
  const { status, headers } = response;
  const text = await response.text();
  const error = errorIn(text) ?? {};
  return new LLMError({
    kind: KINDS.get(error.code) ?? kindFromStatus(status),
    message: typeof error.message === "string" ? error.message : `The server answered ${status}: ${text.slice(0, 100)}`,
    code: typeof error.code === "string" ? error.code : undefined,
    status,
    requestId: headers.get("x-request-id") ?? undefined,
    retryAfter: retryAfterFrom(headers),
  });
}

/** What an error says that came in place of an answer, or in the middle of one. */
export function errorFromObject({ message, code }: WireError): LLMError {
  const kind = KINDS.get(code) ?? "server";
  return new LLMError({ kind, message: typeof message === "string" ? message : "The host reported an error" });
}

/** For what is no answer of this API. */
export function malformed(text: string): LLMError {
  return new LLMError({ kind: "malformed-response", message: `Not an answer: ${text.slice(0, 100)}`, text });
}

/**
 * What is read of an answer. A reader that stumbles over a value has met one of another type, and is not itself at fault.
 * @throws LLMError `malformed-response`
 */
export function reading<T>(text: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof LLMError ? error : malformed(text);
  }
}

function errorIn(text: string): WireError | undefined {
  try {
    return (JSON.parse(text) as { error?: WireError } | null)?.error ?? undefined;
  } catch {
    return undefined;
  }
}
