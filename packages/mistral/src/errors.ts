import type { LLMErrorKind } from "@llmux/core";
import { LLMError, type LLMErrorFacts } from "@llmux/core/adapter";
import { excerpt, malformed, written } from "@llmux/core/answers";
import { connectionFacts, kindFromStatus, retryAfterFrom } from "@llmux/core/failures";
import { requestIdFrom } from "./facts.js";

/**
 * An error as Mistral writes it: the model servers `{ object: "error", message, type, param, code }`, the gateway before them
 * `{ message, request_id }` or `{ detail }`, the check of the request's form `{ detail: [{ loc, msg, type }] }`, also inside `message`.
 */
interface WireError {
  message?: unknown;
  detail?: unknown;
  type?: unknown;
  param?: unknown;
  code?: unknown;
  error?: unknown;
  request_id?: unknown;
  raw_status_code?: unknown;
}

/** What types and texts mean, the first that fits. */
const MEANINGS: readonly [LLMErrorKind, RegExp][] = [
  [
    "quota-exceeded",
    /usage limit reached|inactive subscription|insufficient[_ ](quota|balance|credits|funds)|quota (was |has been )?exceeded|exceeded (your|the) [\w ]*(quota|budget|spending)|monthly [\w ]*limit|payment required/i,
  ],
  ["overloaded", /capacity exceeded|capacity_exceeded|overloaded/i],
  ["rate-limit", /rate_limit|rate[ _]limited|rate limit|too many requests/i],
  [
    "context-window-exceeded",
    /too large for model|maximum context length|context_length|context (length|window)|prompt (is too long|contains \d+ tokens)/i,
  ],
  [
    "content-policy",
    /guardrail|moderation|content[ _](policy|filter)|safety policy|usage policy|violat\w+ .{0,30}policy/i,
  ],
  ["not-found", /invalid_model|invalid model|model_not_found|model .{0,80}(not found|does not exist)/i],
  ["authentication", /^unauthorized|invalid api key|no api key/i],
];

/** Kinds by HTTP status that a type or a text may narrow down; a server's failure stays one, whatever it quotes. */
const BROAD: ReadonlySet<LLMErrorKind> = new Set<LLMErrorKind>([
  "invalid-request",
  "authentication",
  "permission",
  "not-found",
  "rate-limit",
]);

/** The facts in an error body, or in what came where an answer was due. */
function factsFromBody(body: unknown, status?: number): LLMErrorFacts {
  const outer: WireError = typeof body === "object" && body !== null ? body : { message: body };
  const { error } = outer;
  const wire: WireError = typeof error === "object" && error !== null ? error : error ? { message: error } : outer;
  const { text, parameter } = readMessage(wire.message) ?? readMessage(wire.detail) ?? {};
  const message = text ?? `Mistral reported an error${status === undefined ? "" : ` (${status})`}`;
  const [type, code] = [wire.type, wire.code].map((value) => (value ? String(value) : undefined));
  const stated = [status, wire.raw_status_code, wire.code].map(Number).find((number) => number >= 400 && number < 600);
  let kind: LLMErrorKind;
  if (stated !== undefined) kind = kindFromStatus(stated);
  else kind = /invalid/i.test(type ?? "") ? "invalid-request" : "server";
  if (BROAD.has(kind) || stated === undefined) {
    kind = MEANINGS.find(([, pattern]) => pattern.test(type ?? "") || pattern.test(message))?.[0] ?? kind;
  }
  return {
    kind,
    message,
    status,
    code: code ?? type,
    parameter: parameter ?? (typeof wire.param === "string" ? wire.param : undefined),
    requestId: typeof outer.request_id === "string" ? outer.request_id : undefined,
  };
}

/** A text, or the faults that the check of a request found: where, and what. */
function readMessage(message: unknown): { text: string; parameter?: string | undefined } | undefined {
  if (typeof message === "string") {
    // The proxy before a model hands on what that said as text.
    if (message.startsWith('{"')) return readMessage(parsed(message)) ?? { text: message };
    return message === "" ? undefined : { text: message };
  }
  const nested = Array.isArray(message) ? message : (message as { detail?: unknown } | null | undefined)?.detail;
  if (typeof nested === "string") return { text: nested };
  if (!Array.isArray(nested)) return message ? { text: written(message) } : undefined;
  const faults = nested.map((fault: { loc?: readonly (string | number)[]; msg?: string } | null) => {
    const at = Array.isArray(fault?.loc) ? fault.loc.filter((step) => step !== "body").join(".") : "";
    return { at, text: `${at && `${at}: `}${fault?.msg ?? written(fault)}` };
  });
  return { text: faults.map(({ text }) => text).join("; "), parameter: faults[0]?.at || undefined };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The error that a failed answer, or a web page in place of one, stands for. Reads its body. */
export async function errorFromResponse(response: Response, url: string): Promise<LLMError> {
  const { status, headers } = response;
  const text = await response.text().catch(() => "");
  if (response.ok) return malformed(`${url} answered with a web page; is that Mistral's API?`, text);
  const body = parsed(text);
  const facts: LLMErrorFacts =
    typeof body === "object" && body !== null
      ? factsFromBody(body, status)
      : { kind: kindFromStatus(status), status, message: `${url} answered ${status}: ${excerpt(text)}` };
  // No model is named: then it is the path that was not found.
  if (facts.kind === "not-found" && status === 404 && !facts.message.includes(url)) facts.message += ` (asked: ${url})`;
  return new LLMError({
    ...facts,
    requestId: requestIdFrom(headers) ?? facts.requestId,
    retryAfter: retryAfterFrom(headers),
  });
}

/** The error for an error object under a status of success, or in mid-stream. */
export function errorFromObject(reported: unknown): LLMError {
  return new LLMError({ ...factsFromBody(reported), cause: reported });
}

/** What failing to reach the server, or to hear it out, means; `undefined` where the error is something else. */
export function connectionFailure(error: unknown, url: string): LLMErrorFacts | undefined {
  const facts = connectionFacts(error, url);
  if (facts || !(error instanceof Error)) return facts;
  if (error.name === "RequestTimeoutError") return { kind: "timeout", message: `No answer from ${url} in time` };
  return error.name === "ConnectionError" ? { kind: "connection", message: `Can't reach ${url}` } : undefined;
}
