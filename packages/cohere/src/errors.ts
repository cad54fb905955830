import type { LLMErrorKind } from "@llmux/core";
import { LLMError, type LLMErrorFacts } from "@llmux/core/adapter";
import { malformed } from "@llmux/core/answers";
import { connectionFacts, kindFromStatus, readFailure, retryAfterFrom } from "@llmux/core/failures";

/** Cohere has few codes, so its texts tell what went wrong (https://docs.cohere.com/reference/errors). */
const TEXTS: readonly [RegExp, LLMErrorKind][] = [
  [/\/\s*month\b|per month|monthly|payment method|add or update your|billing|spend(?:ing)? limit/i, "quota-exceeded"],
  [/max[ _]tokens must be/i, "invalid-request"],
  [/too many tokens|context (?:length|window)|maximum context/i, "context-window-exceeded"],
  [
    /deny-?listed|content (?:filter|policy)|blocked by .{0,30}(?:filter|policy)|safety (?:filter|policy)/i,
    "content-policy",
  ],
  [/invalid api token|invalid api key|incorrect api key|no api key/i, "authentication"],
];

/** Kinds that a text may narrow down. */
const BROAD: readonly LLMErrorKind[] = ["invalid-request", "rate-limit", "quota-exceeded", "permission"];

/**
 * Beyond the usual statuses: the request or the reply held a deny-listed token; and the client gave the request up, which, since this
 * one did not, was somebody's in between.
 */
const STATUSES: Readonly<Record<number, LLMErrorKind>> = { 498: "content-policy", 499: "connection" };

interface ErrorBody {
  id?: unknown;
  message?: unknown;
  error_type?: unknown;
  error?: unknown;
}

/** The error that a failed HTTP answer stands for. Reads its body. */
export async function errorFromResponse(response: Response): Promise<LLMError> {
  const { status, headers, url } = response;
  const { body, said } = await readFailure(response);
  const facts = factsFrom(body, status);
  if (facts.message === "") {
    facts.message = `${url || "Cohere"} answered ${status}${said ? `: ${said}` : ""}`;
    if (status === 404) facts.message += ". Is that the address of Cohere's API?";
  }
  const requestId = facts.requestId ?? headers.get("x-debug-trace-id") ?? undefined;
  return new LLMError({ ...facts, requestId, retryAfter: retryAfterFrom(headers) });
}

/** The error that the body of a success, or an event in mid-stream, holds. */
export function errorFromBody(body: object): LLMError {
  const facts = factsFrom(body, undefined);
  return new LLMError({ ...facts, message: facts.message || "Cohere reported an error" });
}

/** The error for a reply that Cohere says did not come to its end. */
export function errorFromFinish(raw: string, said: string | undefined): LLMError {
  const kind = raw === "TIMEOUT" ? "timeout" : "server";
  return new LLMError({ kind, code: raw, message: said || `Cohere ended the reply with ${raw}` });
}

/** The error for a web page in place of an answer. */
export function webPage({ url }: Response, text: string): LLMError {
  return malformed(`${url || "The server"} answered with a web page. Is that the address of Cohere's API?`, text);
}

/** What failing to reach the server, or to hear it out, means; `undefined` where the error is something else. */
export function toError(error: unknown, baseURL: string | undefined): LLMErrorFacts | undefined {
  return connectionFacts(error, baseURL);
}

function factsFrom(body: ErrorBody | undefined, status: number | undefined): LLMErrorFacts {
  const nested = (body?.error as ErrorBody | undefined)?.message;
  const message = [body?.message, body?.error, nested].find((said) => typeof said === "string") as string | undefined;
  const code = typeof body?.error_type === "string" ? body.error_type : undefined;
  let kind: LLMErrorKind = status === undefined ? "server" : (STATUSES[status] ?? kindFromStatus(status));
  const known = TEXTS.find(([pattern]) => pattern.test(message ?? ""))?.[1];
  if (known && (status === undefined || BROAD.includes(kind))) kind = known;
  else if (code === "TOO_MANY_TOKENS") kind = "context-window-exceeded";
  const facts: LLMErrorFacts = { kind, message: message ?? "", status, code };
  if (typeof body?.id === "string") facts.requestId = body.id;
  return facts;
}
