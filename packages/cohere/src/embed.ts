import {
  type AdapterEmbedRequest,
  type AdapterEmbedResult,
  type CallContext,
  headersToObject,
} from "@llmux/core/adapter";
import { malformed, readObject } from "@llmux/core/answers";
import { sumCounts, toBatches } from "@llmux/core/embeddings";
import type { CohereConnection } from "./client.js";
import type { WireMeta } from "./wire.js";

/** Most texts that one request takes (https://docs.cohere.com/reference/embed). */
const BATCH = 96;

/** The types of numbers that a vector can be read from, the best first. */
const TYPES = ["float", "int8", "uint8", "binary", "ubinary"] as const;

interface WireEmbeddings {
  id?: string | null;
  embeddings?: Readonly<Record<string, unknown>> | null;
  meta?: WireMeta | null;
}

/** `v2/embed`, batch after batch, in the order of the texts. */
export async function embed(
  connection: CohereConnection,
  request: AdapterEmbedRequest,
  context: CallContext,
): Promise<AdapterEmbedResult> {
  const { model, values, dimensions, headers, providerOptions, user } = request;
  if (user !== undefined) context.unsupported("user", "it takes no id of the end user");
  const embeddings: Float32Array[] = [];
  const raw: unknown[] = [];
  const counts: unknown[] = [];
  let response: AdapterEmbedResult["response"] = {};
  for (const texts of toBatches(values, { values: BATCH })) {
    const body = {
      model,
      texts,
      input_type: "search_document",
      embedding_types: ["float"],
      ...(dimensions !== undefined && { output_dimension: dimensions }),
      ...providerOptions?.cohere,
    };
    const answer = await connection.send({ path: "v2/embed", body, signal: context.signal, headers });
    const reply = await readObject<WireEmbeddings>(answer);
    embeddings.push(...vectorsOf(reply, texts.length));
    raw.push(reply.meta ?? undefined);
    counts.push(reply.meta?.billed_units?.input_tokens);
    const said = headersToObject(answer.headers);
    response = { id: reply.id ?? undefined, model, requestId: said["x-debug-trace-id"], headers: said };
  }
  return {
    embeddings,
    usage: { inputTokens: { total: sumCounts(counts) }, raw: raw.length === 1 ? raw[0] : raw },
    response,
  };
}

/** @throws LLMError `malformed-response` where there are not as many vectors as texts */
function vectorsOf({ embeddings }: WireEmbeddings, expected: number): Float32Array[] {
  const vectors = TYPES.map((type) => embeddings?.[type]).find((list) => Array.isArray(list)) as unknown[] | undefined;
  if (vectors?.length !== expected || !vectors.every(Array.isArray)) {
    throw malformed(`Asked for ${expected} embeddings, Cohere answered with something else`, embeddings);
  }
  return vectors.map((vector: readonly number[]) => Float32Array.from(vector));
}
