import type { ResponseInfo } from "@llmux/core";
import { type AdapterEmbedRequest, type AdapterEmbedResult, type CallContext, isLLMError } from "@llmux/core/adapter";
import { malformed, readJSON } from "@llmux/core/answers";
import { base64ToBytes } from "@llmux/core/media";
import type { MistralConnection } from "./connection.js";
import { errorFromObject } from "./errors.js";
import { httpFacts } from "./facts.js";
import type { WireUsage } from "./wire.js";

/**
 * The limits of one request: 512 texts, and 16,384 tokens over all of them ("Too many tokens in batch. Max is 16384"). Tokens are
 * counted by estimate, so less than that.
 */
const MAX_VALUES = 512;
const MAX_TOKENS = 14_000;

interface WireEmbeddings {
  id?: string;
  model?: string;
  object?: string;
  data?: readonly { index?: number | null; embedding?: readonly number[] | string | null }[];
  usage?: WireUsage;
}

/** Embeds any number of texts, in as many requests as the limits ask for, one after the other. */
export async function embed(
  connection: MistralConnection,
  request: AdapterEmbedRequest,
  context: CallContext,
): Promise<AdapterEmbedResult> {
  const { model, values, dimensions, headers, providerOptions } = request;
  if (request.user !== undefined) context.unsupported("user", "it takes no id of the end user");
  const embeddings: Float32Array[] = [];
  const raw: (WireUsage | undefined)[] = [];
  let facts: ResponseInfo = {};
  const send = async (input: readonly string[]): Promise<void> => {
    try {
      const body = { model, input, output_dimension: dimensions, ...providerOptions?.mistral };
      const exchange = { path: "v1/embeddings", operation: "embeddings_v1_embeddings_post", body };
      const response = await connection.send({ ...exchange, headers, signal: context.signal });
      const answer = await readJSON<WireEmbeddings | null>(response);
      embeddings.push(...vectorsOf(answer, input.length));
      raw.push(answer?.usage);
      facts = { id: answer?.id, model: answer?.model, ...httpFacts(response, context) };
    } catch (error) {
      if (!isTooMuch(error) || input.length < 2) throw error;
      // The estimate was too low, or the limit is another by now.
      const half = input.length >> 1;
      await send(input.slice(0, half));
      await send(input.slice(half));
    }
  };
  for (const input of toBatches(values)) await send(input);
  const counts = raw.map((usage) => usage?.prompt_tokens ?? undefined);
  // Absent is not nought: one answer that does not count leaves the sum unknown.
  const total = counts.reduce((sum, count) => (sum === undefined || count === undefined ? undefined : sum + count), 0);
  return { embeddings, usage: { inputTokens: { total }, raw: raw.length > 1 ? raw : raw[0] }, response: facts };
}

function isTooMuch(error: unknown): boolean {
  return isLLMError(error) && error.status === 400 && /too many (inputs|tokens)/i.test(error.message);
}

/** Splits the texts into as many requests as the limits ask for, in order. */
function toBatches(values: readonly string[]): string[][] {
  const batches: string[][] = [];
  let batch: string[] = [];
  let tokens = 0;
  for (const value of values) {
    const more = estimateTokens(value);
    if (batch.length > 0 && (batch.length === MAX_VALUES || tokens + more > MAX_TOKENS)) {
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

/** @throws LLMError `malformed-response` where there is not one vector for each text */
function vectorsOf(answer: WireEmbeddings | null, count: number): Float32Array[] {
  if (answer?.object === "error") throw errorFromObject(answer);
  const data = answer?.data;
  if (!Array.isArray(data)) throw malformed("Mistral's answer holds no embeddings", answer);
  const vectors = new Array<Float32Array | undefined>(count).fill(undefined);
  for (const [position, item] of data.entries()) {
    const index = item?.index ?? position;
    if (item?.embedding && index < count) vectors[index] = toVector(item.embedding);
  }
  const length = vectors[0]?.length;
  if (data.length !== count || !vectors.every((vector) => vector && vector.length === length)) {
    throw malformed(`Mistral's answer does not hold ${count} embeddings of one length`, answer);
  }
  return vectors as Float32Array[];
}

/** Numbers, or with `encoding_format: "base64"` little-endian floats. */
function toVector(embedding: readonly number[] | string): Float32Array {
  if (typeof embedding !== "string") return Float32Array.from(embedding);
  const bytes = base64ToBytes(embedding).slice();
  return new Float32Array(bytes.buffer, 0, bytes.length >> 2);
}
