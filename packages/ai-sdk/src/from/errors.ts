import {
  APICallError,
  EmptyResponseBodyError,
  InvalidArgumentError,
  InvalidPromptError,
  InvalidResponseDataError,
  JSONParseError,
  LoadAPIKeyError,
  LoadSettingError,
  NoContentGeneratedError,
  NoSuchModelError,
  NoSuchProviderReferenceError,
  TooManyEmbeddingValuesForCallError,
  TypeValidationError,
  UnsupportedFunctionalityError,
} from "@ai-sdk/provider";
import type { LLMErrorKind } from "@llmux/core";
import { isLLMError, type LLMErrorFacts } from "@llmux/core/adapter";
import { connectionFacts, kindFromStatus, retryAfterFrom } from "@llmux/core/failures";
import { requestIdOf } from "./response-info.js";

/**
 * What the codes, types and texts of the providers' error bodies mean, the first that fits: the AI SDK hands them over as they came.
 * From the providers' error references: OpenAI, Azure OpenAI, Anthropic, Gemini, Bedrock, Mistral, Cohere.
 */
const MEANINGS: readonly [LLMErrorKind, RegExp][] = [
  [
    "quota-exceeded",
    /insufficient_quota|billing_(error|hard_limit|not_active)|exceeded your current quota|credit balance is too low|insufficient (balance|credits|funds)|spend(ing)? limit/i,
  ],
  ["rate-limit", /rate_limit|rate limit|too_many_requests|tokens per min|ThrottlingException|RESOURCE_EXHAUSTED/i],
  [
    "context-window-exceeded",
    /context_(length|window)_exceeded|maximum context length|context window|exceeds? (the )?(model'?s? )?(maximum )?(context|number of tokens)|prompt is too long|input is too long|too many (input )?tokens/i,
  ],
  [
    "content-policy",
    /content_filter|content_policy|ResponsibleAIPolicyViolation|moderation_blocked|invalid_prompt|content (management|filtering) policy|usage policy|safety system|guardrail/i,
  ],
  ["authentication", /invalid_api_key|authentication_error|(incorrect|invalid) api key|API_KEY_INVALID/i],
  ["not-found", /model_not_found|DeploymentNotFound|not_found_error/i],
  ["permission", /permission_(error|denied)|AccessDenied/i],
  ["overloaded", /overloaded|at capacity|slow_down|ServiceUnavailableException/i],
];

/** Only what these kinds say in broad terms is narrowed down by a text: a server's failure may quote anything. */
const BROAD: readonly LLMErrorKind[] = ["invalid-request", "permission", "rate-limit", "not-found", "quota-exceeded"];

/** Maps what an AI SDK model threw, or what stood in its stream as an error. `undefined` for what is not the provider's doing. */
export function errorFacts(error: unknown, depth = 0): LLMErrorFacts | undefined {
  if (depth > 4) return undefined;
  // A backend of llmux's was behind the model: its error knows more than the AI SDK's around it.
  const { cause, lastError } = (error ?? {}) as { cause?: unknown; lastError?: unknown };
  if (isLLMError(cause)) return { ...cause, message: cause.message, cause: cause.cause };
  if (APICallError.isInstance(error)) return fromCall(error);
  const known = fromKnown(error);
  if (known) return known;
  // A retry of a caller's own around the model: what failed last is what failed.
  if (lastError !== undefined) return errorFacts(lastError, depth + 1);
  const connection = connectionFacts(error);
  if (connection) return connection;
  return fromBody(error);
}

function fromCall(error: APICallError): LLMErrorFacts | undefined {
  const { statusCode: status, responseHeaders: headers, responseBody, url, message, data, isRetryable } = error;
  if (status === undefined) {
    const connection = connectionFacts(error.cause, url) ?? connectionFacts(error, url);
    if (connection) return connection;
    return isRetryable ? { kind: "connection", message: `Can't reach ${url}: ${message}` } : fromBody(data);
  }
  const shared = {
    status,
    requestId: headers && requestIdOf(headers),
    retryAfter: retryAfterFrom(headers && new Headers(headers)),
  };
  const body = bodyOf(data) ?? bodyOf(parsed(responseBody));
  if (status < 400) {
    // The AI SDK also calls it a failed call where it could not read the answer.
    return { ...shared, kind: "malformed-response", message: whatCame(message, responseBody, url), text: responseBody };
  }
  const broad = kindFromStatus(status);
  const text = `${body?.code ?? ""} ${body?.type ?? ""} ${body?.message ?? message}`;
  const narrow = BROAD.includes(broad) ? meaningOf(text) : undefined;
  const facts: LLMErrorFacts = {
    ...shared,
    kind: narrow ?? broad,
    message: body?.message ?? whatCame(message, responseBody, url),
    code: body?.code ?? body?.type,
  };
  if (body?.param !== undefined) facts.parameter = body.param;
  if (status === 409) facts.retryable = true;
  return facts;
}

function meaningOf(text: string): LLMErrorKind | undefined {
  return MEANINGS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** A message that also says so where a web page answered. */
function whatCame(message: string, body: string | undefined, url: string): string {
  return body !== undefined && /^\s*</.test(body) ? `${url} answered with a web page (${message})` : message;
}

function fromKnown(error: unknown): LLMErrorFacts | undefined {
  const { message } = (error ?? {}) as { message: string };
  if (LoadAPIKeyError.isInstance(error)) return { kind: "authentication", message };
  if (LoadSettingError.isInstance(error)) return { kind: "invalid-request", message };
  if (NoSuchModelError.isInstance(error)) return { kind: "not-found", parameter: "model", message };
  if (NoSuchProviderReferenceError.isInstance(error))
    return { kind: "invalid-request", parameter: "messages", message };
  if (UnsupportedFunctionalityError.isInstance(error))
    return { kind: "unsupported", parameter: error.functionality, message };
  if (InvalidPromptError.isInstance(error)) return { kind: "invalid-request", parameter: "messages", message };
  if (InvalidArgumentError.isInstance(error)) return { kind: "invalid-request", parameter: error.argument, message };
  if (TooManyEmbeddingValuesForCallError.isInstance(error))
    return { kind: "invalid-request", parameter: "values", message };
  if (JSONParseError.isInstance(error)) return { kind: "malformed-response", message, text: error.text };
  if (TypeValidationError.isInstance(error)) {
    // In a stream, an error object of a shape that the model does not know is no answer of the wrong shape.
    const failed = (error.value as { error?: unknown } | null)?.error;
    if (failed) return fromBody(failed);
    return {
      kind: "malformed-response",
      message: "The answer is not of the form that it should have",
      text: JSON.stringify(error.value),
    };
  }
  if (
    InvalidResponseDataError.isInstance(error) ||
    EmptyResponseBodyError.isInstance(error) ||
    NoContentGeneratedError.isInstance(error)
  )
    return { kind: "malformed-response", message };
  return undefined;
}

interface Body {
  message: string;
  code?: string | undefined;
  type?: string | undefined;
  param?: string | undefined;
  status?: number | undefined;
}

/** The failure that an error object of the provider's stands for, such as one in mid-stream; a bug of the program's is none. */
function fromBody(error: unknown): LLMErrorFacts | undefined {
  const body = bodyOf(error);
  if (!body) return undefined;
  const { message, code, type, param, status } = body;
  if (error instanceof Error && code === undefined && type === undefined && status === undefined) return undefined;
  const kind = meaningOf(`${code ?? ""} ${type ?? ""} ${message}`) ?? kindOfType(type, status);
  return { kind, message, code: code ?? type, parameter: param, status };
}

function kindOfType(type: string | undefined, status: number | undefined): LLMErrorKind {
  if (status !== undefined) return kindFromStatus(status);
  return /invalid|unsupported/i.test(type ?? "") ? "invalid-request" : "server";
}

/** The error object in what a provider said, however deep: itself, in `error`, in `response.error`, in `data`. */
function bodyOf(value: unknown, depth = 0): Body | undefined {
  if (typeof value === "string" && value !== "") return { message: value };
  if (typeof value !== "object" || value === null || depth > 3) return undefined;
  const { error, response, data, message, detail, code, type, status, statusCode, param } = value as Record<
    string,
    unknown
  >;
  const inner = bodyOf(error, depth + 1) ?? bodyOf((response as { error?: unknown } | undefined)?.error, depth + 1);
  const said = [message, detail].find((text) => typeof text === "string" && text !== "") as string | undefined;
  if (inner && (said === undefined || error !== undefined)) return inner;
  if (said === undefined) return bodyOf(data, depth + 1);
  const number = [statusCode, status, code].map(Number).find((one) => one >= 400 && one < 600);
  return {
    message: said,
    code: typeof code === "string" || typeof code === "number" ? String(code) : undefined,
    // Around an error, `type: "error"` says nothing; Gemini's `status` is its code in words.
    type: typeof type === "string" && type !== "error" ? type : typeof status === "string" ? status : undefined,
    param: typeof param === "string" ? param : undefined,
    status: number,
  };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
