import type { LLMErrorKind } from "@llmux/core";
import { LLMError } from "@llmux/core/adapter";
import { kindFromStatus, retryAfterFrom } from "@llmux/core/failures";

/** An error as the provider tells of it: in a body of its own, or in the middle of a stream. */
export interface WireError {
  code?: unknown;
  message?: unknown;
}

/** CHANGE: what the provider's own codes mean; for the rest the status must do. */
const KINDS: ReadonlyMap<unknown, LLMErrorKind> = new Map<unknown, LLMErrorKind>([
  ["context_too_long", "context-window-exceeded"],
  ["content_refused", "content-policy"],
  ["quota_spent", "quota-exceeded"],
]);

/** What an answer with an error status says. */
export async function errorFromAnswer(response: Response): Promise<LLMError> {
  const { status, headers } = response;
  const text = await response.text();
  const { code, message } = errorIn(text);
  return new LLMError({
    kind: KINDS.get(code) ?? kindFromStatus(status),
    message: typeof message === "string" ? message : `The server answered ${status}: ${text.slice(0, 100)}`,
    code: typeof code === "string" ? code : undefined,
    status,
    requestId: headers.get("x-request-id") ?? undefined,
    retryAfter: retryAfterFrom(headers),
  });
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

function errorIn(text: string): WireError {
  try {
    return (JSON.parse(text) as { error?: WireError } | null)?.error ?? {};
  } catch {
    return {};
  }
}
