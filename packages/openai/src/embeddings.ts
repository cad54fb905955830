import type { ResponseInfo } from "@llmux/core";
import type { AdapterEmbedRequest, AdapterEmbedResult, CallContext } from "@llmux/core/adapter";
import { readJSON } from "@llmux/core/answers";
import { type IndexedVector, toBatches as inBatches, sumCounts, vectorsInOrder } from "@llmux/core/embeddings";
import type OpenAI from "openai";
import { httpFacts, optionsOf, type Send } from "./backend.js";
import { errorFromObject } from "./errors.js";
import type { WireHost } from "./host.js";

/** The body of an embedding response. */
export interface WireEmbeddings {
  data?: IndexedVector[];
  model?: string;
  usage?: { prompt_tokens?: number };
  error?: object | string | null;
}

/** OpenAI's limit of tokens over all texts of one request (https://developers.openai.com/api/reference/resources/embeddings). */
const MAX_TOKENS = 300_000;

/** Embeds any number of texts, in as many requests as the limits ask for, one after the other. */
export async function embed(
  send: Send,
  host: WireHost,
  request: AdapterEmbedRequest,
  context: CallContext,
): Promise<AdapterEmbedResult> {
  const options = optionsOf(request, context);
  const embeddings: Float32Array[] = [];
  const raw: WireEmbeddings["usage"][] = [];
  let facts: ResponseInfo = {};
  for (const values of toBatches(request.values, host.embedBatch)) {
    const body = toEmbeddings(request, values, host);
    const response = await send("/embeddings", request.model, (client) => client.embeddings.create(body, options));
    const answer = await readJSON<WireEmbeddings>(response);
    for (const vector of fromEmbeddings(answer, values.length)) embeddings.push(vector);
    raw.push(answer.usage);
    facts = { model: answer.model, ...httpFacts(response) };
  }
  const total = sumCounts(raw.map((usage) => usage?.prompt_tokens));
  return { embeddings, usage: { inputTokens: { total }, raw: raw.length > 1 ? raw : raw[0] }, response: facts };
}

/** Splits the texts into as many requests as the provider's limits ask for, in order. */
export function toBatches(values: readonly string[], maxValues = 2048): string[][] {
  return inBatches(values, { values: maxValues, size: MAX_TOKENS });
}

function toEmbeddings(request: AdapterEmbedRequest, input: string[], host: WireHost): OpenAI.EmbeddingCreateParams {
  const { model, dimensions, user } = request;
  const body = { model, input, dimensions, user, encoding_format: host.embedFormat ?? "base64" };
  return { ...body, ...request.providerOptions?.[host.provider] } as OpenAI.EmbeddingCreateParams;
}

/**
 * The vectors of one response, in the order of the request.
 * @throws LLMError `malformed-response` where there is not one vector for each text
 */
export function fromEmbeddings(body: WireEmbeddings, count: number): Float32Array[] {
  if (body?.error) throw errorFromObject(body.error);
  return vectorsInOrder(body?.data, count, body, "The provider's answer");
}
