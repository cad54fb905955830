import type { LLMErrorInit, LLMErrorKind } from "./errors.js";
import type { RateLimits, RateLimitWindow } from "./result.js";

/** Response headers as the SDKs hand them over. */
export type HeadersLike = Headers | Readonly<Record<string, string | undefined>>;

function get(headers: HeadersLike | undefined, name: string): string | undefined {
  if (!headers) return undefined;
  return typeof (headers as Headers).get === "function"
    ? ((headers as Headers).get(name) ?? undefined)
    : (headers as Record<string, string | undefined>)[name];
}

/** Headers as a plain object with lower-case names; without `set-cookie`. */
export function headersToObject(headers: Headers): Record<string, string> {
  const result: Record<string, string> = {};
  headers.forEach((value, name) => {
    if (name !== "set-cookie") result[name] = value;
  });
  return result;
}

/**
 * How long the server asks to wait, in milliseconds: from `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110,
 * section 10.2.3). `undefined` where it does not say, or says something that is neither.
 */
export function retryAfterFrom(headers: HeadersLike | undefined): number | undefined {
  const ms = get(headers, "retry-after-ms")?.trim();
  if (ms && /^\d+(\.\d+)?$/.test(ms)) return Number(ms);
  const text = get(headers, "retry-after")?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  return untilDate(text);
}

/** Milliseconds until a date in one of HTTP's three forms or RFC 3339. `Date.parse` alone takes "-1" for a year. */
function untilDate(text: string): number | undefined {
  if (!/\d\d:\d\d/.test(text)) return undefined;
  // The form of C's asctime names no zone and means GMT.
  const date = Date.parse(/(GMT|UTC|Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text} GMT`);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** What an HTTP status means where the provider's body says nothing more. */
export function kindFromStatus(status: number): LLMErrorKind {
  switch (status) {
    case 401:
      return "authentication";
    case 402:
      return "quota-exceeded";
    case 403:
      return "permission";
    case 404:
      return "not-found";
    case 408:
    case 504:
      return "timeout";
    case 429:
      return "rate-limit";
    case 503:
    case 529:
      return "overloaded";
    default:
      return status >= 500 ? "server" : "invalid-request";
  }
}

/** Node's, undici's, OpenSSL's and Bun's codes for a connection that failed; not those of a wrong argument or a missing file. */
const CONNECTION =
  /^(E(CONN[A-Z]+|PIPE|NOTFOUND|AI_[A-Z]+|HOSTUNREACH|HOSTDOWN|NETUNREACH|NETDOWN|NETRESET|ADDRNOTAVAIL|PROTO)|ERR_(STREAM_PREMATURE_CLOSE|SOCKET|HTTP2)|UND_ERR_(?!INVALID|ABORTED)|HPE_|Connection|FailedToOpenSocket)/;

/** Connection failures that the next attempt will meet again. */
const PERMANENT = /^(ENOTFOUND|ERR_INVALID_URL|ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/**
 * The facts of a failure to reach the provider or to hear it out, told from Node's, undici's and the browsers' errors, however
 * deep in the chain of causes; `undefined` where the error is something else.
 */
export function connectionFacts(error: unknown, url?: string): LLMErrorInit | undefined {
  const where = url ? ` ${url}` : " the provider";
  let said: string | undefined;
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) {
    const nested = (at as AggregateError).errors?.[0];
    const code = (at as { code?: unknown }).code ?? (nested as { code?: unknown } | undefined)?.code;
    if (typeof code === "string" && /TIMEOUT|ETIMEDOUT/.test(code)) {
      return { kind: "timeout", message: `No answer from${where} in time (${code})`, code };
    }
    if (typeof code === "string" && (CONNECTION.test(code) || PERMANENT.test(code))) {
      const message = `Can't reach${where} (${code}${at.message ? `: ${at.message}` : ""})`;
      return { kind: "connection", message, code, retryable: !PERMANENT.test(code) };
    }
    const words = /fetch failed|failed to fetch|network ?error|load failed|terminated/i;
    if (said !== undefined || words.test(at.message) || (at.cause === undefined && /socket/i.test(at.message))) said = at.message;
  }
  return said === undefined ? undefined : { kind: "connection", message: `The connection to${where} failed: ${said}` };
}

/**
 * Rate-limit headers in the two shapes in use: OpenAI's `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` with resets
 * like `6m0s` or `20ms`, and Anthropic's `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{…}` with RFC 3339
 * resets. `undefined` where there are none.
 */
export function rateLimitsFrom(headers: HeadersLike): RateLimits | undefined {
  const of = (openai: string | undefined, anthropic: string): RateLimitWindow | undefined => {
    const read = (what: string): string | undefined =>
      (openai && get(headers, `x-ratelimit-${what}-${openai}`)) || get(headers, `anthropic-ratelimit-${anthropic}-${what}`);
    const limit = toNumber(read("limit"));
    const remaining = toNumber(read("remaining"));
    const resetAfter = toDelay(read("reset"));
    return limit === undefined && remaining === undefined ? undefined : { limit, remaining, resetAfter };
  };
  const result: RateLimits = {
    requests: of("requests", "requests"),
    tokens: of("tokens", "tokens"),
    inputTokens: of(undefined, "input-tokens"),
    outputTokens: of(undefined, "output-tokens"),
  };
  return Object.values(result).some(Boolean) ? result : undefined;
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined || text === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function toDelay(text: string | undefined): number | undefined {
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)];
  if (parts.length > 0 && parts.map((part) => part[0]).join("") === text) {
    return parts.reduce((sum, part) => sum + Number(part[1]) * (UNITS[part[2] as string] ?? 0), 0);
  }
  return untilDate(text);
}
