import type { LLMErrorKind } from "@llmux/core";
import { isLLMError, LLMError, type LLMErrorFacts } from "@llmux/core/adapter";
import { connectionFacts, kindFromStatus, retryAfterFrom } from "@llmux/core/failures";
import type { BedrockConfig } from "./config.js";
import type { Frame } from "./event-frames.js";
import { HttpFailure } from "./http-failure.js";

/**
 * By the exception's name without its ending. Of https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html and the
 * errors of Converse and InvokeModel; in mid-stream they begin with a small letter.
 */
const KINDS: Readonly<Record<string, LLMErrorKind>> = {
  accessdenied: "permission",
  optinrequired: "permission",
  notauthorized: "permission",
  expiredtoken: "authentication",
  unrecognizedclient: "authentication",
  incompletesignature: "authentication",
  invalidsignature: "authentication",
  signaturedoesnotmatch: "authentication",
  invalidclienttokenid: "authentication",
  missingauthenticationtoken: "authentication",
  requesttimetooskewed: "authentication",
  requestexpired: "authentication",
  throttling: "rate-limit",
  toomanyrequests: "rate-limit",
  servicequotaexceeded: "quota-exceeded",
  validation: "invalid-request",
  resourcenotfound: "not-found",
  unknownoperation: "not-found",
  internalserver: "server",
  internalfailure: "server",
  modelerror: "server",
  modelstreamerror: "server",
  serviceunavailable: "overloaded",
  modelnotready: "overloaded",
  modeltimeout: "timeout",
};

/** What Bedrock files under a broader name and tells apart only in words. */
const TEXTS: readonly [RegExp, LLMErrorKind][] = [
  [
    /input tokens? exceed|input (?:is )?too long|prompt is too long|(?:number|count) of (?:input )?tokens .{0,60}exceed|maximum context length|context (?:window|length|limit)|too many (?:input )?tokens: total|maximum input length/i,
    "context-window-exceeded",
  ],
  [/too many tokens per (?:day|month)|daily (?:token )?quota|exceeded your .{0,30}quota/i, "quota-exceeded"],
  [
    /content (?:filter|policy)|(?:blocked|flagged) by .{0,60}(?:filter|polic|moderation)|violat\w+ .{0,60}polic/i,
    "content-policy",
  ],
];

const BROAD: ReadonlySet<LLMErrorKind> = new Set<LLMErrorKind>(["invalid-request", "rate-limit", "server"]);

/** Maps what the SDK, or the reading of an answer, threw. `undefined` for what is not the provider's doing. */
export function toError(error: unknown, { baseURL, profile }: BedrockConfig): LLMErrorFacts | undefined {
  if (!(error instanceof Error) || isLLMError(error)) return undefined;
  if (error instanceof HttpFailure) return fromAnswer(error);
  if (
    /(Credentials|Token)Provider(Error)?/.test(error.name) ||
    /resolved credential object|expired SSO|SSO session/i.test(error.message)
  ) {
    return {
      kind: "authentication",
      message: `There are no AWS credentials${profile ? ` in the profile ${profile}` : ""}. ${HOW_TO_SIGN} (${error.message})`,
      code: error.name,
    };
  }
  const fault = FAULTS.find(([text]) => text.test(`${error.name}: ${error.message}`));
  if (fault) return { kind: "invalid-request", parameter: fault[1], message: `${fault[2]} (${error.message})` };
  const { $metadata: http } = error as { $metadata?: { httpStatusCode?: number; requestId?: string } };
  if (http?.httpStatusCode !== undefined) {
    const { httpStatusCode: status, requestId } = http;
    return { ...facts(error.name, error.message, status), status, requestId };
  }
  return connectionFacts(error, baseURL);
}

/** What the SDK finds wrong before it sends anything, and the parameter that is at fault. */
const FAULTS: readonly [RegExp, string, string][] = [
  [
    /region.{0,30}(is missing|to be configured|not accepted)/i,
    "region",
    "Bedrock needs a region: set AWS_REGION, or give the option region",
  ],
  [/EndpointError|Endpoint is not valid|Invalid (URL|Configuration)/i, "baseURL", "This is no endpoint of Bedrock's"],
];

const HOW_TO_SIGN =
  "Set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, " +
  "or give apiKey, accessKeyId and secretAccessKey, profile or credentials";

function fromAnswer({ status, headers, body }: HttpFailure): LLMErrorFacts {
  const said = parse(body);
  const code = codeOf(headers["x-amzn-errortype"] ?? said?.__type ?? said?.code);
  const page = /^\s*</.test(body) ? "a web page" : body.trim().slice(0, 300) || "nothing";
  const message = messageOf(said) ?? `Bedrock answered ${status} with ${page}`;
  return {
    ...facts(code, message, status),
    status,
    requestId: headers["x-amzn-requestid"],
    retryAfter: retryAfterFrom(headers),
  };
}

/** The error that a frame in mid-stream stands for. */
export function errorFromFrame({ name, message, text }: Frame): LLMError {
  const said = parse(text);
  const words = messageOf(said) ?? message ?? (text.trim() || "The provider ended the stream with an error");
  return new LLMError(facts(codeOf(name), words, numberOf(said?.originalStatusCode)));
}

/** The error in an answer under a status of success, `undefined` where there is none. */
export function errorFromBody(body: Record<string, unknown>): LLMError | undefined {
  const code = codeOf(body.__type ?? body.code);
  const message = messageOf(body);
  return code || message ? new LLMError(facts(code, message ?? String(code), undefined)) : undefined;
}

function facts(code: string | undefined, message: string, status: number | undefined): LLMErrorFacts {
  const known =
    KINDS[(code ?? "").toLowerCase().replace(/(exception|error|failure)$/, "")] ?? KINDS[(code ?? "").toLowerCase()];
  let kind = known ?? (status === undefined ? "server" : kindFromStatus(status));
  if (BROAD.has(kind)) kind = TEXTS.find(([text]) => text.test(message))?.[1] ?? kind;
  // Filed under a missing permission, though it is the key that is wrong.
  if (
    kind === "permission" &&
    /(security token|api key|bearer token|signature).{0,60}(invalid|expired|not valid)/i.test(message)
  )
    kind = "authentication";
  return { kind, message, code };
}

/** `ValidationException:http://internal…` and `com.amazon.bedrock#ValidationException` alike. */
function codeOf(text: unknown): string | undefined {
  if (typeof text !== "string" || text === "") return undefined;
  return text.split(":")[0]?.split("#").at(-1);
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** AWS's own way of saying it, and those of the proxies before it. */
function messageOf(body: Record<string, unknown> | undefined): string | undefined {
  const nested = (body?.error as { message?: unknown } | undefined)?.message ?? body?.error;
  return [body?.originalMessage, body?.message, body?.Message, nested].find(
    (text) => typeof text === "string" && text !== "",
  ) as string | undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
