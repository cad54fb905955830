import type { ImagePart, Moderation, ResponseInfo, TextPart } from "@llmux/core";
import { LLMError } from "@llmux/core/adapter";
import { malformed, readJSON } from "@llmux/core/answers";
import { mediaSource, toDataURL } from "@llmux/core/media";
import type OpenAI from "openai";
import { httpFacts, optionsOf } from "./backend.js";
import { errorFromObject } from "./errors.js";
import { type MakeCall, ownParameters } from "./other-call.js";

type Params = OpenAI.ModerationCreateParams;

interface WireModerations {
  id?: string;
  model?: string;
  results?: (WireModeration | null)[] | null;
  error?: object | string | null;
}

interface WireModeration {
  flagged?: boolean;
  /** `null` for the categories that the model doesn't know. */
  categories?: Record<string, boolean | null> | null;
  category_scores?: Record<string, number | null> | null;
}

/** Most texts in one request. */
const MOST_TEXTS = 32;

/**
 * Judges texts, and texts with images (https://developers.openai.com/api/docs/guides/moderation). Texts go many to a request; a value
 * of several parts takes one of its own, for OpenAI gives one verdict over all parts of a request.
 */
export const moderate: MakeCall<"moderate"> = async (send, host, request, context) => {
  const own = ownParameters<Params>(request, host, context);
  const { model } = request;
  const results: Moderation[] = [];
  let facts: ResponseInfo = {};
  for (const { input, count } of toRequests(request.values)) {
    const body = { model, input, ...own } as Params;
    const options = optionsOf(request, context);
    const response = await send("/moderations", model, (client) => client.moderations.create(body, options));
    const answer = await readJSON<WireModerations>(response);
    results.push(...fromModerations(answer, count));
    facts = { id: answer.id, model: answer.model, ...httpFacts(response) };
  }
  return { results, usage: { inputTokens: { total: undefined } }, response: facts };
};

type Value = string | readonly (TextPart | ImagePart)[];

function toRequests(values: readonly Value[]): { input: Params["input"]; count: number }[] {
  const requests: { input: Params["input"]; count: number }[] = [];
  let texts: string[] = [];
  const flush = (): void => {
    if (texts.length > 0) requests.push({ input: texts, count: texts.length });
    texts = [];
  };
  for (const [at, value] of values.entries()) {
    const [only, ...more] = typeof value === "string" ? [{ type: "text" as const, text: value }] : value;
    if (only?.type === "text" && more.length === 0) {
      texts.push(only.text);
      if (texts.length === MOST_TEXTS) flush();
    } else {
      flush();
      requests.push({ input: (value as readonly (TextPart | ImagePart)[]).map((part) => toPart(part, at)), count: 1 });
    }
  }
  flush();
  return requests;
}

function toPart(part: TextPart | ImagePart, at: number): OpenAI.ModerationMultiModalInput {
  if (part.type === "text") return { type: "text", text: part.text };
  const source = mediaSource(part);
  if (source.kind !== "file") return { type: "image_url", image_url: { url: toDataURL(source) } };
  // Not to be dropped, whatever the caller allows: the verdict would be about something else.
  const parameter = `values[${at}]`;
  const message = `${parameter} holds an image by its file id: moderation takes bytes, base64 or a URL`;
  throw new LLMError({ kind: "unsupported", parameter, message });
}

function fromModerations(body: WireModerations, count: number): Moderation[] {
  if (body?.error) throw errorFromObject(body.error);
  const results = body?.results;
  if (!Array.isArray(results) || results.length !== count)
    throw malformed(`The provider's answer does not hold ${count} verdicts`, body);
  return results.map((result) => {
    if (typeof result?.flagged !== "boolean") throw malformed("The provider's answer holds no verdict", result);
    return {
      flagged: result.flagged,
      categories: known(result.categories, "boolean"),
      scores: known(result.category_scores, "number"),
    };
  });
}

function known<T>(record: Record<string, T | null> | null | undefined, type: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record ?? {}).filter(([, value]) => typeof value === type)) as Record<
    string,
    T
  >;
}
