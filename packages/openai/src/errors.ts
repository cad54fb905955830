import type { LLMErrorKind } from "@llmux/core";
import type { LLMErrorFacts } from "@llmux/core/adapter";
import { isLLMError, LLMError } from "@llmux/core/adapter";
import { excerpt } from "@llmux/core/answers";
import { connectionFacts, depthFault, kindFromStatus, retryAfterFrom } from "@llmux/core/failures";
import type { APIError } from "openai";
import { requestIdOf } from "./request-id.js";

/** An error object of the provider's, as it stands in an error body, in an event of a stream, or in a failed response. */
export interface WireError {
  message?: unknown;
  code?: string | number | null;
  type?: string | null;
  param?: string | null;
  /** An HTTP status, from the hosts that put one into the body. */
  status?: unknown;
  status_code?: unknown;
  /** What some hosts call the message. */
  detail?: unknown;
  /** MiniMax: how it went, under any HTTP status (https://platform.minimax.io/docs/api-reference/errorcode). */
  base_resp?: { status_code?: number; status_msg?: string } | null;
  /** OpenRouter: what the host behind it said. */
  metadata?: { raw?: unknown } | null;
  /** Azure: what its content filter found. */
  innererror?: {
    code?: string;
    content_filter_result?: Record<string, { filtered?: boolean } | undefined>;
  } | null;
}

/**
 * What codes, types and texts mean, the first that fits. Codes are OpenAI's (https://developers.openai.com/api/docs/guides/error-codes)
 * and Azure's; texts are for those errors that come without a code of their own, and for the hosts that imitate.
 */
const MEANINGS: readonly [LLMErrorKind, RegExp][] = [
  // Before the context window: "Request too large for … on tokens per min" speaks of tokens too, and passes.
  [
    "quota-exceeded",
    /insufficient_quota|billing_(hard_limit|not_active)|exceeded(_| your )current(_| )quota|out of call volume quota|insufficient (balance|credits|funds)|balance is insufficient|used all available credits|arrearage/i,
  ],
  ["rate-limit", /rate_limit|rate limit|too_many_requests|tokens per min/i],
  [
    "context-window-exceeded",
    /context_(length|window)_exceeded|exceed_context_size|maximum (context|prompt) length|context window|exceeds? the (model's )?((maximum|available) )?context|prompt (is too long|exceeds max length)|exceeded model token limit|range of input length/i,
  ],
  [
    "content-policy",
    /content_filter|content_policy|ResponsibleAIPolicyViolation|moderation_blocked|invalid_prompt|content management policy|usage (policy|guidelines)|safety system|data_inspection_failed|inappropriate content/i,
  ],
  ["authentication", /invalid_api_key|authentication_error|(incorrect|invalid) api key|api key not valid|login fail/i],
  ["not-found", /model_not_found|DeploymentNotFound|not_found_error/i],
  ["permission", /permission_(error|denied)|unsupported_country/i],
  ["overloaded", /overloaded|at capacity|capacity_exceeded|slow_down/i],
];

/** The facts of a failure told by an error object, and by the HTTP status where there was one. */
export function factsFromErrorObject(error: object | string, status?: number): LLMErrorFacts {
  const wire: WireError = typeof error === "string" ? { message: error } : error;
  const code = wire.code ?? wire.innererror?.code ?? wire.type ?? wire.base_resp?.status_code ?? undefined;
  const told = wire.message ?? wire.detail ?? wire.base_resp?.status_msg;
  let message = typeof told === "string" && told !== "" ? told : "The provider reported an error";
  if (told !== undefined && typeof told !== "string") message += `: ${JSON.stringify(told)}`;
  const behind = wire.metadata?.raw;
  if (typeof behind === "string" && behind !== "") message += `: ${behind.slice(0, 500)}`;
  const filtered = Object.entries(wire.innererror?.content_filter_result ?? {}).filter(([, found]) => found?.filtered);
  if (filtered.length > 0) message += ` (filtered: ${filtered.map(([name]) => name).join(", ")})`;
  const text = `${wire.code} ${wire.type} ${wire.innererror?.code} ${message}`;
  return {
    kind: MEANINGS.find(([, pattern]) => pattern.test(text))?.[0] ?? kindFromFacts(wire, status),
    message,
    code: code === undefined ? undefined : String(code),
    status,
    parameter: wire.param ?? undefined,
    retryAfter: retryAfterFromText(message),
  };
}

function kindFromFacts(wire: WireError, status: number | undefined): LLMErrorKind {
  const stated = [status, wire.status, wire.status_code, wire.code]
    .map(Number)
    .find((number) => number >= 400 && number < 600);
  if (stated !== undefined) return kindFromStatus(stated);
  return /invalid|unsupported|image|parse/i.test(`${wire.code} ${wire.type}`) ? "invalid-request" : "server";
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** "Please try again in 1m6.2s", "Please retry after 26 seconds": the wait where no header says it. */
function retryAfterFromText(text: string): number | undefined {
  const wait = /(?:try again in|retry after) ((?:\d+(?:\.\d+)?\s?(?:ms|[smh])[a-z]*\s?)+)/i.exec(text)?.[1];
  if (wait === undefined) return undefined;
  const parts = [...wait.matchAll(/(\d+(?:\.\d+)?)\s?(ms|[smh])/gi)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[(unit as string).toLowerCase()] ?? 0), 0);
}

/** An error object that came where an answer was due, under a 200 or in mid-stream. */
export function errorFromObject(error: object | string): LLMError {
  return new LLMError({ ...factsFromErrorObject(error), cause: error });
}

/** What the SDK threw for a call, as an error of the taxonomy; as it is where it is not the provider's doing. */
export async function errorOfCall(
  cause: unknown,
  url: string,
  explain: (facts: LLMErrorFacts) => LLMErrorFacts | Promise<LLMErrorFacts>,
): Promise<unknown> {
  // What a token provider threw comes wrapped by the SDK.
  const inner = (cause as Error | undefined)?.cause;
  if (isLLMError(inner)) return inner;
  const facts = errorFacts(cause, url);
  return facts ? new LLMError({ ...(await explain(facts)), cause }) : cause;
}

/**
 * The facts of what the SDK threw; `undefined` for what is not the provider's doing. Told by its fields rather than its class, so
 * that the SDK need not be loaded to know its errors.
 *
 * @param url Where the request went, for the failures that are most often a wrong URL's.
 */
export function errorFacts(error: unknown, url?: string): LLMErrorFacts | undefined {
  if (!(error instanceof Error)) return undefined;
  // The SDK writes the body of an error into its message, however deep it is.
  const deep = depthFault(error) ?? depthFault(error.cause);
  if (deep) return deep;
  const { status, headers } = error as APIError;
  if (typeof status !== "number" || !headers) {
    const facts = connectionFacts(error, url);
    if (facts) return facts;
    if (!("requestID" in error)) return undefined;
    const kind = /timed? ?out/i.test(error.message) ? "timeout" : "connection";
    return { kind, message: `${error.message}${url ? ` (asked: ${url})` : ""}` };
  }
  const facts = factsOfAnswer(error as APIError, status, url);
  const requestId = requestIdOf(headers);
  const retryAfter = retryAfterFrom(headers) ?? facts.retryAfter;
  // 409 is a lock that another request holds; the SDKs retry it too.
  const retryable = headers.get("x-should-retry") === "false" ? false : status === 409 ? true : undefined;
  return { ...facts, requestId, retryAfter, retryable };
}

function factsOfAnswer(error: APIError, status: number, url: string | undefined): LLMErrorFacts {
  const body = error.error as object | string | undefined;
  if (!body) {
    // No JSON: a proxy's page, or a server that is no such API at all. The SDK puts what it read after the status.
    const text = error.message.replace(/^\d+ /, "");
    return {
      kind: kindFromStatus(status),
      status,
      message: `${url ?? "The server"} answered ${status}: ${excerpt(text)}`,
    };
  }
  const facts = factsFromErrorObject(body, status);
  // No code but the status, or none at all: it is the path that was not found.
  if (facts.kind === "not-found" && !/\D/.test(facts.code ?? "")) facts.message += ` (asked: ${url})`;
  return facts;
}
