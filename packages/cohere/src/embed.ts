import {
  type AdapterEmbedRequest,
  type AdapterEmbedResult,
  type CallContext,
  headersToObject,
} from "@llmux/core/adapter";
import { malformed, readObject } from "@llmux/core/answers";
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
  let total: number | undefined = 0;
  let response: AdapterEmbedResult["response"] = {};
  for (let at = 0; at < values.length; at += BATCH) {
    const texts = values.slice(at, at + BATCH);
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
    const count = reply.meta?.billed_units?.input_tokens ?? undefined;
    // Absent is not nought: one answer that does not count leaves the sum unknown.
    total = total === undefined || count === undefined ? undefined : total + count;
    const said = headersToObject(answer.headers);
    response = { id: reply.id ?? undefined, model, requestId: said["x-debug-trace-id"], headers: said };
  }
  return { embeddings, usage: { inputTokens: { total }, raw: raw.length === 1 ? raw[0] : raw }, response };
}

/** @throws LLMError `malformed-response` where there are not as many vectors as texts */
function vectorsOf({ embeddings }: WireEmbeddings, expected: number): Float32Array[] {
  const vectors = TYPES.map((type) => embeddings?.[type]).find((list) => Array.isArray(list)) as unknown[] | undefined;
  if (vectors?.length !== expected || !vectors.every(Array.isArray)) {
    throw malformed(`Asked for ${expected} embeddings, Cohere answered with something else`, embeddings);
  }
  return vectors.map((vector: readonly number[]) => Float32Array.from(vector));
}
