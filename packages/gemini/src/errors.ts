import type { LLMErrorKind } from "@llmux/core";
import { LLMError, type LLMErrorFacts } from "@llmux/core/adapter";
import { connectionFacts, kindFromStatus, retryAfterFrom } from "@llmux/core/failures";

/** `google.rpc.Status` as HTTP carries it: https://cloud.google.com/apis/design/errors. A proxy may answer with a body of its own. */
interface ErrorBody {
  error?: { code?: number; message?: string; status?: string; details?: readonly Detail[] | null } | string | null;
  message?: string;
}

/** A message of `google.rpc`, told by its `@type`. */
interface Detail {
  "@type"?: string;
  reason?: string;
  retryDelay?: string;
  violations?: readonly { quotaId?: string; quotaValue?: string }[] | null;
}

const KINDS: Readonly<Record<string, LLMErrorKind>> = {
  INVALID_ARGUMENT: "invalid-request",
  FAILED_PRECONDITION: "invalid-request",
  OUT_OF_RANGE: "invalid-request",
  UNIMPLEMENTED: "invalid-request",
  UNAUTHENTICATED: "authentication",
  PERMISSION_DENIED: "permission",
  NOT_FOUND: "not-found",
  RESOURCE_EXHAUSTED: "rate-limit",
  DEADLINE_EXCEEDED: "timeout",
  UNAVAILABLE: "overloaded",
  INTERNAL: "server",
  UNKNOWN: "server",
  DATA_LOSS: "server",
};

/** Reasons of `google.rpc.ErrorInfo` that say more than the status: https://github.com/googleapis/googleapis, error_reason.proto. */
const REASONS: Readonly<Record<string, LLMErrorKind>> = {
  API_KEY_INVALID: "authentication",
  API_KEY_EXPIRED: "authentication",
  ACCESS_TOKEN_EXPIRED: "authentication",
  ACCESS_TOKEN_TYPE_UNSUPPORTED: "authentication",
  CREDENTIALS_MISSING: "authentication",
  BILLING_DISABLED: "quota-exceeded",
};

/** Failures that Google files under a broader status and tells apart only in words. */
const TEXTS: readonly [RegExp, LLMErrorKind][] = [
  [
    /exceeds the maximum number of tokens|input token count .*(exceeds|only supports)|context (window|length)/i,
    "context-window-exceeded",
  ],
  [/api key (not valid|not found|expired|is invalid)|pass a valid api key/i, "authentication"],
  [/prepayment credits|spending cap|spend limit|billing account|billing to be enabled/i, "quota-exceeded"],
  [/responsible ai|safety (filter|polic|setting)|violat\w+ .{0,40}polic|sensitive words/i, "content-policy"],
];

/** Kinds that a text may narrow down. */
const BROAD: ReadonlySet<LLMErrorKind> = new Set<LLMErrorKind>(["invalid-request", "permission", "rate-limit"]);

/** Maps what the SDK or `fetch` threw. `undefined` for what is not the provider's doing. */
export function toError(error: unknown, url: string | undefined): LLMErrorFacts | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status, response } = error as Error & { status?: unknown; response?: { status?: number } };
  if (
    /default credentials|Unable to detect a Project Id|invalid_grant|ENOENT.*credentials|API key is missing/i.test(
      error.message,
    )
  ) {
    const hint = "Sign in with `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS";
    return {
      kind: "authentication",
      message: `Google gave no credentials: ${error.message.replace(/\.+$/, "")}. ${hint}`,
    };
  }
  const facts = connectionFacts(error, url);
  if (facts) return facts;
  // The authentication library's: a token that Google would not give.
  const http = typeof status === "number" ? status : response?.status;
  if (http !== undefined && http >= 400) {
    const kind = http < 500 ? "authentication" : kindFromStatus(http);
    return { kind, status: http, message: `Google gave no token: ${error.message}` };
  }
  if (/API Key must be set|project based authentication is not supported/i.test(error.message)) {
    return { kind: "invalid-request", message: error.message };
  }
  return undefined;
}

/** What a failed answer says. Reads its body. */
export async function errorFromResponse(response: Response, url: string): Promise<LLMError> {
  const { status, headers } = response;
  const text = await response.text().catch(() => "");
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    const said = text.trim() === "" || /^\s*</.test(text) ? response.statusText : text.trim().slice(0, 300);
    body = { message: `${address(url)} answered ${status}${said ? `: ${said}` : ""}` };
  }
  return errorFromBody(body, status, headers);
}

/** The error that the body of an answer, or a piece of a stream, holds. Without `alt=sse` it comes in a list. */
export function errorFromBody(given: unknown, status?: number, headers?: Headers): LLMError {
  const body = ((Array.isArray(given) ? given[0] : given) ?? {}) as ErrorBody;
  const error = typeof body.error === "string" ? { message: body.error } : (body.error ?? {});
  const details = (Array.isArray(error.details) ? error.details : []).filter(isDetail);
  const http = status ?? (typeof error.code === "number" && error.code >= 400 ? error.code : undefined);
  const message = error.message ?? body.message ?? "The provider reported an error";
  const reason = details.find((detail) => typeof detail.reason === "string")?.reason;
  const delay = details.find((detail) => typeof detail.retryDelay === "string")?.retryDelay;
  return new LLMError({
    kind: kindOf({ error, http, message, reason, details }),
    message,
    status,
    code: reason ?? error.status,
    requestId: headers?.get("x-request-id") ?? headers?.get("x-goog-request-id") ?? undefined,
    retryAfter: retryAfterFrom(headers) ?? toMilliseconds(delay ?? /retry in ([\d.]+s)/i.exec(message)?.[1]),
  });
}

function kindOf({
  error,
  http,
  message,
  reason = "",
  details,
}: {
  error: { status?: string };
  http: number | undefined;
  message: string;
  reason: string | undefined;
  details: readonly Detail[];
}): LLMErrorKind {
  if (Object.hasOwn(REASONS, reason)) return REASONS[reason] as LLMErrorKind;
  const named = Object.hasOwn(KINDS, error.status ?? "") ? KINDS[error.status ?? ""] : undefined;
  const kind = named ?? (http === undefined ? "server" : kindFromStatus(http));
  if (!BROAD.has(kind)) return kind;
  if (kind === "rate-limit" && details.some(isSpent)) return "quota-exceeded";
  return TEXTS.find(([text]) => text.test(message))?.[1] ?? kind;
}

/** A day's quota, or one of nothing (a model that the free tier has not), is not there again in a minute, whatever delay comes with it. */
function isSpent({ violations }: Detail): boolean {
  return (violations ?? []).some(({ quotaId, quotaValue }) => /PerDay/i.test(quotaId ?? "") || quotaValue === "0");
}

function isDetail(detail: unknown): detail is Detail {
  return typeof detail === "object" && detail !== null;
}

/** `google.protobuf.Duration`: `34.4s`. */
function toMilliseconds(duration: string | undefined): number | undefined {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(duration ?? "")?.[1];
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1000);
}

/** The error for an answer that is not JSON: garbage, or a web page. */
export function notJSON(text: string, { status, url }: Response, cause?: unknown): LLMError {
  const what = /^\s*</.test(text)
    ? `${address(url)} answered with a web page. Is that the address of Google's API?`
    : "The answer is not JSON";
  return new LLMError({ kind: "malformed-response", message: what, status, text: text.slice(0, 10_000), cause });
}

/** A URL without what may be a secret in it. */
function address(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//").replace(/\?.*/, "");
}
