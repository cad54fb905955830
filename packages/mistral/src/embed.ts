import type { ResponseInfo } from "@llmux/core";
import { type AdapterEmbedRequest, type AdapterEmbedResult, type CallContext, isLLMError } from "@llmux/core/adapter";
import { readJSON } from "@llmux/core/answers";
import { type IndexedVector, sumCounts, toBatches, vectorsInOrder } from "@llmux/core/embeddings";
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
  data?: readonly IndexedVector[];
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
  for (const input of toBatches(values, { values: MAX_VALUES, size: MAX_TOKENS })) await send(input);
  const total = sumCounts(raw.map((usage) => usage?.prompt_tokens));
  return { embeddings, usage: { inputTokens: { total }, raw: raw.length > 1 ? raw : raw[0] }, response: facts };
}

function isTooMuch(error: unknown): boolean {
  return isLLMError(error) && error.status === 400 && /too many (inputs|tokens)/i.test(error.message);
}

/** @throws LLMError `malformed-response` where there is not one vector for each text */
function vectorsOf(answer: WireEmbeddings | null, count: number): Float32Array[] {
  if (answer?.object === "error") throw errorFromObject(answer);
  return vectorsInOrder(answer?.data, count, answer, "Mistral's answer");
}
