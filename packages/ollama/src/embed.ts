import {
  type AdapterEmbedRequest,
  type AdapterEmbedResult,
  type CallContext,
  headersToObject,
} from "@llmux/core/adapter";
import { written } from "@llmux/core/answers";
import { sumCounts } from "@llmux/core/embeddings";
import type { EmbedRequest } from "ollama/browser";
import type { OllamaConnection } from "./client.js";
import { errorFromReply, malformed } from "./errors.js";
import { splitOptions } from "./options.js";

/** Texts in one request: enough to keep a GPU busy, and few enough for the answer to come within the usual time limits. */
const BATCH = 256;

/** What `/api/embed` answers; `embedding` is the shape of the older `/api/embeddings`. */
interface EmbedReply {
  embeddings?: readonly (readonly number[])[];
  embedding?: readonly number[];
  prompt_eval_count?: number | null;
  error?: unknown;
}

/** `/api/embed`, batch after batch: the server works through them one by one anyway. */
export async function embed(
  connection: OllamaConnection,
  request: AdapterEmbedRequest,
  context: CallContext,
): Promise<AdapterEmbedResult> {
  const { model, values, dimensions, headers, providerOptions, user } = request;
  if (user !== undefined) context.unsupported("user", "it takes no id of the end user");
  const { signal } = context;
  const { body, options } = splitOptions(providerOptions?.ollama);
  const embeddings: Float32Array[] = [];
  const raw: unknown[] = [];
  const counts: unknown[] = [];
  let last: Response | undefined;
  let batch = BATCH;
  for (let at = 0; at < values.length; ) {
    const input = values.slice(at, at + batch);
    const wire: EmbedRequest = { model, input, ...(dimensions !== undefined && { dimensions }), ...body };
    if (Object.keys(options).length > 0) wire.options = options;
    const { answer, response } = await connection.send({ signal, headers, model }, (client) => client.embed(wire));
    const reply = answer as EmbedReply | null;
    if (input.length > 1 && reply?.embedding && !reply.embeddings) {
      // A server that imitates Ollama and knows but one text a request.
      batch = 1;
      continue;
    }
    if (reply?.error) throw errorFromReply(reply, model);
    embeddings.push(...vectorsOf(reply, input.length));
    const { embeddings: _, embedding: __, ...facts } = reply as EmbedReply;
    raw.push(facts);
    counts.push(facts.prompt_eval_count);
    last = response;
    at += input.length;
  }
  return {
    embeddings,
    usage: { inputTokens: { total: sumCounts(counts) }, raw: raw.length === 1 ? raw[0] : raw },
    response: { model, ...(last && { headers: headersToObject(last.headers) }) },
  };
}

/** @throws LLMError `malformed-response` where there are not as many vectors as texts */
function vectorsOf(reply: EmbedReply | null, expected: number): Float32Array[] {
  const vectors = reply?.embeddings ?? (reply?.embedding && [reply.embedding]);
  if (!Array.isArray(vectors) || vectors.length !== expected || !vectors.every(Array.isArray)) {
    throw malformed(`Asked for ${expected} embeddings, the server answered with something else`, written(reply));
  }
  return vectors.map((vector: readonly number[]) => Float32Array.from(vector));
}
