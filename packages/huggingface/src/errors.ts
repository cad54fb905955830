import type { LLMErrorKind } from "@llmux/core";
import { LLMError, type LLMErrorFacts } from "@llmux/core/adapter";
import { malformed } from "@llmux/core/answers";
import { connectionFacts, kindFromStatus, readFailure, retryAfterFrom } from "@llmux/core/failures";

/** Codes of the router's providers, and TGI's `error_type`. */
const CODES: Readonly<Record<string, LLMErrorKind>> = {
  model_not_supported: "not-found",
  model_not_found: "not-found",
  context_length_exceeded: "context-window-exceeded",
  string_above_max_length: "context-window-exceeded",
  insufficient_quota: "quota-exceeded",
  invalid_api_key: "authentication",
  content_filter: "content-policy",
  content_policy_violation: "content-policy",
  overloaded: "overloaded",
  unhealthy: "overloaded",
  generation: "server",
  incomplete_generation: "server",
};

/** What only texts tell; many servers stand behind one router. */
const TEXTS: readonly [RegExp, LLMErrorKind][] = [
  [
    /included credits|pre-?paid credits|insufficient (?:credits|balance|quota)|payment required|spending limit/i,
    "quota-exceeded",
  ],
  [
    /not supported by any provider|model .{0,120}(?:not found|does not exist|is not supported)|repository not found/i,
    "not-found",
  ],
  [
    /context[_ ](?:length|window|size)|maximum context|inputs?`? (?:tokens|must have less than)|too many (?:input )?tokens|prompt is too long|(?:input|prompt).{0,40}exceeds? .{0,40}(?:tokens|length)/i,
    "context-window-exceeded",
  ],
  [/content (?:policy|filter|management)|safety system|flagged (?:as|by)/i, "content-policy"],
  [/currently loading|is overloaded|scaled to zero|no healthy|at capacity/i, "overloaded"],
  [/invalid (?:username or password|credentials|api key|token)/i, "authentication"],
];

/** Kinds that a code or a text may narrow down. */
const BROAD: readonly LLMErrorKind[] = [
  "invalid-request",
  "permission",
  "rate-limit",
  "quota-exceeded",
  "overloaded",
  "server",
];

/** Kinds that a failure of the server may turn out to be; a text may quote a context or a model in passing. */
const OF_SERVERS: readonly LLMErrorKind[] = ["overloaded", "server"];

interface ErrorBody {
  error?: unknown;
  message?: unknown;
  detail?: unknown;
  error_type?: unknown;
  estimated_time?: unknown;
}

/** The error that a failed HTTP answer stands for. Reads its body. */
export async function errorFromResponse(response: Response): Promise<LLMError> {
  const { status, headers, url } = response;
  const { body, said } = await readFailure(response);
  const facts = factsFrom(body, status);
  if (facts.message === "") {
    facts.message = `${url || "The provider"} answered ${status}${said ? `: ${said}` : ""}`;
    if (status === 404) facts.message += ". Is that the address of an endpoint?";
  }
  const requestId = headers.get("x-request-id") ?? undefined;
  return new LLMError({ ...facts, requestId, retryAfter: retryAfterFrom(headers) ?? facts.retryAfter });
}

/** The error that the body of a success, or an event in mid-stream, holds. */
export function errorFromBody(body: object): LLMError {
  const status = (body as { error?: { http_status_code?: unknown } | null }).error?.http_status_code;
  const facts = factsFrom(body, typeof status === "number" ? status : undefined);
  return new LLMError({ ...facts, status: undefined, message: facts.message || "The provider reported an error" });
}

/** The error for a web page in place of an answer. */
export function webPage({ url }: Response, text: string): LLMError {
  return malformed(`${url || "The server"} answered with a web page. Is that the address of an endpoint?`, text);
}

/** Maps what the SDK threw; `undefined` for what is not the provider's doing. */
export function toError(error: unknown, baseURL: string | undefined): LLMErrorFacts | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  const { httpResponse: answer } = error as { httpResponse?: { status: number; requestId?: string; body?: unknown } };
  if (answer) {
    const body = typeof answer.body === "object" && answer.body !== null ? answer.body : undefined;
    const facts = factsFrom(body, answer.status);
    return { ...facts, message: facts.message || message, requestId: answer.requestId || undefined };
  }
  if (name === "RoutingError") {
    const hint =
      "The router takes tokens of Hugging Face (hf_…); with a provider's own key name it: org/model:provider";
    return { kind: "authentication", message: `${message} ${hint}` };
  }
  if (name === "InputError") return { kind: "invalid-request", message };
  if (name === "ProviderOutputError") return { kind: "malformed-response", message };
  return connectionFacts(error, baseURL);
}

function factsFrom(body: ErrorBody | undefined, status: number | undefined): LLMErrorFacts {
  const nested = (typeof body?.error === "object" ? body.error : undefined) as
    | Record<string, unknown>
    | null
    | undefined;
  const message =
    messageIn(body?.error) ?? messageIn(nested?.message) ?? messageIn(body?.message) ?? messageIn(body?.detail) ?? "";
  const codes = [nested?.code, nested?.type, body?.error_type].filter((code) => typeof code === "string");
  let kind: LLMErrorKind = status === undefined ? "server" : kindFromStatus(status);
  if (BROAD.includes(kind)) {
    const told = codes.map((code) => (Object.hasOwn(CODES, code) ? CODES[code] : undefined)).find(Boolean);
    const known = told ?? TEXTS.find(([pattern]) => pattern.test(message))?.[1];
    const ofServer = status !== undefined && status >= 500;
    if (known && (!ofServer || OF_SERVERS.includes(known))) kind = known;
  }
  const facts: LLMErrorFacts = { kind, message, status, code: codes[0] };
  if (kind === "not-found") facts.parameter = "model";
  // How long a model takes to load, in seconds.
  if (typeof body?.estimated_time === "number") facts.retryAfter = Math.ceil(body.estimated_time * 1000);
  return facts;
}

/** A text, or the texts of FastAPI's list of faults. */
function messageIn(value: unknown): string | undefined {
  if (typeof value === "string" && value !== "") return value;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value
    .map((fault) => (typeof fault === "string" ? fault : ((fault as { msg?: string } | null)?.msg ?? "")))
    .join("; ");
}
