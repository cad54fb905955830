import type { ResponseInfo } from "@llmux/core";
import type { AdapterEmbedRequest, AdapterEmbedResult, CallContext } from "@llmux/core/adapter";
import { malformed, readJSON } from "@llmux/core/answers";
import { base64ToBytes } from "@llmux/core/media";
import type OpenAI from "openai";
import { httpFacts, optionsOf, type Send } from "./backend.js";
import { errorFromObject } from "./errors.js";
import type { WireHost } from "./host.js";

/** The body of an embedding response. */
export interface WireEmbeddings {
  data?: { index?: number | null; embedding?: string | number[] }[];
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
  const counts = raw.map((usage) => usage?.prompt_tokens);
  const known = counts.every((count) => typeof count === "number");
  const total = known ? counts.reduce((sum, count) => sum + count, 0) : undefined;
  return { embeddings, usage: { inputTokens: { total }, raw: raw.length > 1 ? raw : raw[0] }, response: facts };
}

/** Splits the texts into as many requests as the provider's limits ask for, in order. */
export function toBatches(values: readonly string[], maxValues = 2048): string[][] {
  const batches: string[][] = [];
  let batch: string[] = [];
  let tokens = 0;
  for (const value of values) {
    const more = estimateTokens(value);
    if (batch.length > 0 && (batch.length === maxValues || tokens + more > MAX_TOKENS)) {
      batches.push(batch);
      batch = [];
      tokens = 0;
    }
    batch.push(value);
    tokens += more;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** On the high side: English has four letters to a token, other scripts down to one. */
function estimateTokens(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII itself
  return /^[\x00-\x7f]*$/.test(text) ? text.length / 3 : text.length;
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
  const data = body?.data;
  if (!Array.isArray(data)) throw malformed("The provider's answer holds no embeddings", body);
  const vectors = new Array<Float32Array | undefined>(count).fill(undefined);
  for (const [position, item] of data.entries()) {
    const { embedding } = item;
    const index = item.index ?? position;
    if (embedding !== undefined && index < count) vectors[index] = toVector(embedding);
  }
  const length = vectors[0]?.length;
  if (data.length !== count || !vectors.every((vector) => vector && vector.length === length)) {
    throw malformed(`The provider's answer does not hold ${count} embeddings of one length`, body);
  }
  return vectors as Float32Array[];
}

/** Base64 of little-endian floats, or plain numbers from the servers that don't know `encoding_format`. */
function toVector(embedding: string | number[]): Float32Array {
  if (typeof embedding !== "string") return Float32Array.from(embedding);
  let bytes = decode(embedding);
  if (bytes.byteOffset % 4 !== 0) bytes = bytes.slice();
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

/** Node's own decoder is the fastest by far where it exists. */
function decode(base64: string): Uint8Array<ArrayBufferLike> {
  const { Buffer: node } = globalThis as { Buffer?: { from(text: string, encoding: "base64"): Uint8Array } };
  return node ? node.from(base64, "base64") : base64ToBytes(base64);
}
