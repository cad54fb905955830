import type { LLMErrorKind } from "@llmux/core";
import { LLMError, type LLMErrorFacts } from "@llmux/core/adapter";
import { connectionFacts, depthFault, kindFromStatus, retryAfterFrom } from "@llmux/core/failures";

/** The API's own error body; `null` fields come too. */
interface ErrorBody {
  error?: { type?: string; message?: string; details?: { error_code?: string } | null } | string | null;
  message?: string;
  request_id?: string | null;
}

const KINDS: Readonly<Record<string, LLMErrorKind>> = {
  invalid_request_error: "invalid-request",
  authentication_error: "authentication",
  billing_error: "quota-exceeded",
  permission_error: "permission",
  not_found_error: "not-found",
  request_too_large: "invalid-request",
  rate_limit_error: "rate-limit",
  timeout_error: "timeout",
  api_error: "server",
  overloaded_error: "overloaded",
};

/** Failures that Anthropic files under a broader type and tells apart only in words. */
const TEXTS: readonly [RegExp, LLMErrorKind][] = [
  [
    /credit balance is too low|extra usage is required|specified (?:workspace )?API usage limits|spend(?:ing)? limit/i,
    "quota-exceeded",
  ],
  [
    /prompt is too long|exceeds? (?:the )?(?:model'?s? )?(?:maximum )?context (?:limit|window|length)/i,
    "context-window-exceeded",
  ],
  [/content filtering policy|violat\w+ .{0,40}usage policy|blocked by .{0,40}policy/i, "content-policy"],
];

/** Kinds that a text may narrow down. */
const BROAD: ReadonlySet<LLMErrorKind> = new Set<LLMErrorKind>([
  "invalid-request",
  "permission",
  "rate-limit",
  "quota-exceeded",
]);

/** Codes in `error.details.error_code` that name a spent quota under a rate limit's type. */
const QUOTA_CODE = /spend_limit_reached|billing_unavailable|not_billable/;

/** Maps what the SDK threw. `undefined` for what is not the provider's doing. */
export function toError(error: unknown, url: string | undefined): LLMErrorFacts | undefined {
  if (!(error instanceof Error)) return undefined;
  // The SDK writes the body of an error into its message, however deep it is.
  const deep = depthFault(error);
  if (deep) return deep;
  const { status, headers, error: body } = error as Error & { status?: unknown; headers?: Headers; error?: ErrorBody };
  if (typeof status === "number") return factsFrom(body, status, headers, error.message);
  const facts = connectionFacts(error, url);
  if (facts) return facts;
  // An SDK error without a status is one of the connection, even where its cause is in no runtime's vocabulary that core knows.
  if ("requestID" in error) {
    const why = error.cause instanceof Error ? error.cause.message : error.message;
    return { kind: "connection", message: `Can't reach ${url}: ${why}` };
  }
  if (/resolve authentication method/.test(error.message)) return { kind: "authentication", message: error.message };
  return undefined;
}

/** The error that the body of a success, or an event in mid-stream, holds. */
export function errorFromBody(body: unknown, headers?: Headers): LLMError {
  return new LLMError(factsFrom(body as ErrorBody, undefined, headers, "The provider reported an error"));
}

function factsFrom(
  body: ErrorBody | undefined | null,
  status: number | undefined,
  headers: Headers | undefined,
  fallback: string,
): LLMErrorFacts {
  // A proxy in between may answer with a body of its own.
  const error = typeof body?.error === "string" ? { message: body.error } : (body?.error ?? undefined);
  const code = (error as { details?: { error_code?: string } | null } | undefined)?.details?.error_code;
  const type = (error as { type?: string } | undefined)?.type;
  const message = error?.message ?? body?.message ?? fallback;
  let kind = KINDS[type ?? ""] ?? (status === undefined ? "server" : kindFromStatus(status));
  if (BROAD.has(kind)) {
    if (code !== undefined && QUOTA_CODE.test(code)) kind = "quota-exceeded";
    else kind = TEXTS.find(([text]) => text.test(message))?.[1] ?? kind;
  }
  const facts: LLMErrorFacts = {
    kind,
    message,
    status,
    code: code ?? type,
    requestId: headers?.get("request-id") ?? body?.request_id ?? undefined,
    retryAfter: retryAfterFrom(headers),
  };
  // The server's own word on whether another attempt makes sense; a spent quota stays spent whatever it says.
  const advice = headers?.get("x-should-retry");
  if (kind !== "quota-exceeded" && (advice === "true" || advice === "false")) facts.retryable = advice === "true";
  return facts;
}
