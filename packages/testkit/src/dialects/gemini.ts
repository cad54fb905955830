import type { LLMErrorKind, UnifiedFinishReason } from "@llmux/core";
import {
  type Dialect,
  jsonResponse,
  sseResponse,
  type WireCall,
  type WireRequest,
  type WireResponse,
} from "../dialect.js";
import type { Reply, ReplyPart, ReplyUsage } from "../reply.js";
import { argumentsOf } from "./reply-parts.js";

/** The Gemini API (https://ai.google.dev/api/generate-content, …/api/embeddings, …/api/models, …/api/tokens). */
export const gemini: Dialect = {
  name: "gemini",
  read,
  reply: (reply, call) => (call.stream ? streamed(reply, call) : jsonResponse(bodyOf(reply, call))),
  error(kind, { message, retryAfter }) {
    const fault = ERRORS[kind];
    if (!fault) return undefined;
    const [code, status, words = "", details = []] = fault;
    const wait = retryAfter === undefined ? [] : [detail("RetryInfo", { retryDelay: `${retryAfter}s` })];
    return jsonResponse({ error: { code, message: words + message, status, details: [...details, ...wait] } }, code);
  },
  errorInStream(reply, { message }, call) {
    const { pieces, ...rest } = streamed(reply, call);
    const { pieces: error } = sseResponse([{ data: { error: { code: 503, message, status: "UNAVAILABLE" } } }]);
    return { ...rest, pieces: [...pieces.slice(0, -1), ...error] };
  },
  embeddings: (vectors) => jsonResponse({ embeddings: vectors.map((values) => ({ values })) }),
  models: (ids) =>
    jsonResponse({
      models: ids.map((id) => ({
        name: `models/${id}`,
        version: "001",
        displayName: id,
        inputTokenLimit: 1_048_576,
        outputTokenLimit: 65_536,
        supportedGenerationMethods: ["generateContent", "countTokens"],
      })),
    }),
  tokens: (count) =>
    jsonResponse({ totalTokens: count, promptTokensDetails: [{ modality: "TEXT", tokenCount: count }] }),
};

/** The same models on Vertex AI, where embeddings and the list differ (https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest). */
export const vertexGemini: Dialect = {
  ...gemini,
  name: "vertex-gemini",
  embeddings: (vectors, { input }) =>
    jsonResponse({
      predictions: vectors.map((values) => ({
        embeddings: { values, statistics: { token_count: input / vectors.length, truncated: false } },
      })),
    }),
  models: (ids) =>
    jsonResponse({
      publisherModels: ids.map((id) => ({
        name: `publishers/google/models/${id}`,
        versionId: "001",
        launchStage: "GA",
      })),
    }),
};

/** https://ai.google.dev/api/generate-content#FinishReason; a reply that ends in calls just stops. */
const FINISH: Readonly<Record<UnifiedFinishReason, string>> = {
  stop: "STOP",
  length: "MAX_TOKENS",
  "tool-calls": "STOP",
  "content-filter": "SAFETY",
  other: "OTHER",
};

const detail = (type: string, facts: object): object => ({
  "@type": `type.googleapis.com/google.rpc.${type}`,
  ...facts,
});

/** https://ai.google.dev/gemini-api/docs/troubleshooting, with the details of https://cloud.google.com/apis/design/errors. */
const ERRORS: Readonly<
  Partial<Record<LLMErrorKind, readonly [code: number, status: string, words?: string, details?: readonly object[]]>>
> = {
  authentication: [
    400,
    "INVALID_ARGUMENT",
    "API key not valid. Please pass a valid API key. ",
    [detail("ErrorInfo", { reason: "API_KEY_INVALID", domain: "googleapis.com" })],
  ],
  permission: [403, "PERMISSION_DENIED"],
  "not-found": [404, "NOT_FOUND"],
  "invalid-request": [400, "INVALID_ARGUMENT"],
  "context-window-exceeded": [
    400,
    "INVALID_ARGUMENT",
    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576). ",
  ],
  "rate-limit": [
    429,
    "RESOURCE_EXHAUSTED",
    "You exceeded your current quota. ",
    [detail("QuotaFailure", { violations: [{ quotaId: "GenerateRequestsPerMinutePerProjectPerModel-FreeTier" }] })],
  ],
  "quota-exceeded": [
    429,
    "RESOURCE_EXHAUSTED",
    "You exceeded your current quota, please check your plan and billing details. ",
    [detail("QuotaFailure", { violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }] })],
  ],
  overloaded: [503, "UNAVAILABLE", "The model is overloaded. Please try again later. "],
  server: [500, "INTERNAL"],
};

interface Body {
  tools?: { functionDeclarations?: { name: string }[] }[];
  requests?: { content: Content }[];
  instances?: { content: string }[];
}

interface Content {
  parts: { text: string }[];
}

function read({ method, path, body }: WireRequest): WireCall | undefined {
  const { pathname } = new URL(path, "http://x");
  if (method === "GET") return pathname.endsWith("/models") ? { kind: "list-models", stream: false } : undefined;
  const [, model, action] = /\/([^/:]+):(\w+)$/.exec(decodeURIComponent(pathname)) ?? [];
  const { tools, requests, instances } = (body ?? {}) as Body;
  switch (action) {
    case "generateContent":
    case "streamGenerateContent": {
      const names = tools?.flatMap(({ functionDeclarations = [] }) => functionDeclarations.map(({ name }) => name));
      return { kind: "generate", stream: action === "streamGenerateContent", model, tools: names };
    }
    case "batchEmbedContents":
      return { kind: "embed", stream: false, model, values: requests?.map(({ content }) => textOf(content)) };
    case "predict":
      return { kind: "embed", stream: false, model, values: instances?.map(({ content }) => content) };
    case "countTokens":
      return { kind: "count-tokens", stream: false, model };
    default:
      return undefined;
  }
}

function textOf({ parts }: Content): string {
  return parts.map(({ text }) => text).join("");
}

function bodyOf({ parts, finish, usage }: Reply, { model }: WireCall): object {
  const said = parts.flatMap((part, index) => wireParts(part, [part.pieces.join("")], sealOf(parts, index)));
  return {
    ...candidateOf(said, FINISH[finish]),
    ...(usage && { usageMetadata: usageOf(usage) }),
    ...headOf(model),
  };
}

/** Without an end of its own: the last chunk is the one that says why it ends. */
function streamed({ parts, finish, usage }: Reply, { model }: WireCall): WireResponse {
  const counts = usage && { usageMetadata: usageOf(usage) };
  const said = parts.flatMap((part, index) => wireParts(part, part.pieces, sealOf(parts, index)));
  const events = [
    ...said.map((part) => ({ ...candidateOf([part]), ...counts, ...headOf(model) })),
    { ...candidateOf([{ text: "" }], FINISH[finish]), ...counts, ...headOf(model) },
  ];
  return sseResponse(events.map((data) => ({ data })));
}

/** A call comes whole, with its arguments as an object. The seal of what was thought stands on the part that follows the thoughts. */
function wireParts(part: ReplyPart, pieces: readonly string[], thoughtSignature: string | undefined): object[] {
  const seal = thoughtSignature !== undefined && { thoughtSignature };
  if (part.type === "tool-call") {
    return [{ functionCall: { id: part.id, name: part.name, args: argumentsOf(part) }, ...seal }];
  }
  const thought = part.type === "reasoning" && { thought: true };
  return pieces.map((text, index) => ({ text, ...thought, ...(index === 0 && seal) }));
}

function sealOf(parts: readonly ReplyPart[], index: number): string | undefined {
  const before = parts[index - 1];
  return before?.type === "reasoning" ? before.signature : undefined;
}

function candidateOf(parts: readonly object[], finishReason?: string): object {
  return { candidates: [{ content: { parts, role: "model" }, ...(finishReason && { finishReason }), index: 0 }] };
}

function headOf(model: string | undefined): object {
  return { modelVersion: model, responseId: "resp_kit" };
}

/** What was thought is counted apart from what was said. */
function usageOf({ input, cacheRead, output, reasoning = 0 }: ReplyUsage): object {
  return {
    promptTokenCount: input,
    ...(cacheRead !== undefined && { cachedContentTokenCount: cacheRead }),
    candidatesTokenCount: output - reasoning,
    ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
    totalTokenCount: input + output,
  };
}
