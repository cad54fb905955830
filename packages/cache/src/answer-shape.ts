import type { AssistantPart, EmbedRequest, ModerateRequest, RerankRequest, UnifiedFinishReason } from "@llmux/core";
import type { CacheableRequest, CachedCall } from "./cached-call.js";

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isCount: Check = (value) => value === undefined || (typeof value === "number" && value >= 0);
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
const isList = (value: unknown, check: Check): value is unknown[] => Array.isArray(value) && value.every(check);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const isMedia: Check = (value) =>
  isText(value) || value instanceof Uint8Array || value instanceof URL || (isFields(value) && isText(value.fileId));

/** What each part must have at least. */
const PARTS: Readonly<Record<AssistantPart["type"], Readonly<Record<string, Check>>>> = {
  text: { text: isText, citations: optional((value) => isList(value, isFields)) },
  reasoning: {
    text: isText,
    signature: optional(isText),
    redacted: optional(isText),
    id: optional(isText),
    provider: optional(isText),
  },
  refusal: { text: isText },
  "tool-call": { id: isText, name: isText, inputText: optional(isText) },
  provider: { provider: isText },
  image: { data: isMedia, mediaType: optional(isText) },
  file: { data: isMedia, mediaType: optional(isText) },
  audio: { data: isMedia, mediaType: optional(isText) },
};

const REASONS: Readonly<Record<UnifiedFinishReason, true>> = {
  stop: true,
  length: true,
  "tool-calls": true,
  "content-filter": true,
  other: true,
};

/** Whether a value is an answer to this request, as far as a program relies on its shape. */
export function isAnswerOf(call: CachedCall, request: CacheableRequest, answer: unknown): answer is object {
  if (!isFields(answer)) return false;
  if (call === "countTokens") return typeof answer.inputTokens === "number";
  return hasFacts(answer) && CONTENTS[call](answer, request as never);
}

function hasFacts({ provider, model, response, warnings, usage, cost, providerMetadata }: Fields): boolean {
  return (
    isText(provider) &&
    isText(model) &&
    isFields(response) &&
    optional((value) => value instanceof Date)(response.createdAt) &&
    isList(warnings, (warning) => isFields(warning) && isText(warning.type)) &&
    isFields(usage) &&
    isFields(usage.inputTokens) &&
    Object.values(usage.inputTokens).every(isCount) &&
    optional((value) => isFields(value) && typeof value.total === "number" && isText(value.source))(cost) &&
    optional(isFields)(providerMetadata)
  );
}

const CONTENTS = {
  generate: ({ content, finishReason, usage }: Fields) =>
    isList(content, isPart) &&
    isFields(finishReason) &&
    Object.hasOwn(REASONS, String(finishReason.unified)) &&
    optional(isText)(finishReason.raw) &&
    isFields((usage as Fields).outputTokens) &&
    Object.values((usage as Fields).outputTokens as Fields).every(isCount),
  embed: ({ embeddings }: Fields, { values }: EmbedRequest) =>
    isList(embeddings, (vector) => vector instanceof Float32Array) && embeddings.length === values.length,
  rerank: ({ ranking }: Fields, { documents }: RerankRequest) =>
    isList(
      ranking,
      (ranked) => isFields(ranked) && (ranked.index as number) in documents && typeof ranked.score === "number",
    ),
  moderate: ({ results }: Fields, { values }: ModerateRequest) =>
    isList(
      results,
      (result) =>
        isFields(result) &&
        typeof result.flagged === "boolean" &&
        isFields(result.categories) &&
        isFields(result.scores),
    ) && results.length === values.length,
};

const isPart: Check = (part) => {
  if (!isFields(part) || !Object.hasOwn(PARTS, String(part.type))) return false;
  if (!optional(isFields)(part.providerMetadata)) return false;
  return Object.entries(PARTS[part.type as AssistantPart["type"]]).every(([name, check]) => check(part[name]));
};
