import type { AdapterEmbedRequest, AdapterEmbedResult, CallContext } from "@llmux/core/adapter";
import { headersToObject } from "@llmux/core/adapter";
import type { EmbedRequest, EmbedResponse } from "ollama/browser";
import type { OllamaConnection } from "./client.js";
import { malformed } from "./errors.js";
import { splitOptions } from "./options.js";

/** Texts in one request: enough to keep a GPU busy, and few enough for the answer to come within the usual time limits. */
const BATCH = 256;

/** `/api/embed`, batch after batch: the server works through them one by one anyway. */
export async function embed(
  connection: OllamaConnection,
  request: AdapterEmbedRequest,
  { signal }: CallContext,
): Promise<AdapterEmbedResult> {
  const { model, values, dimensions, headers, providerOptions } = request;
  const { body, options } = splitOptions(providerOptions?.ollama);
  const embeddings: Float32Array[] = [];
  const raw: unknown[] = [];
  let total: number | undefined = 0;
  let last: Response | undefined;
  for (let at = 0; at < values.length; at += BATCH) {
    const input = values.slice(at, at + BATCH);
    const wire: EmbedRequest = { model, input, ...(dimensions !== undefined && { dimensions }), ...body };
    if (Object.keys(options).length > 0) wire.options = options;
    const { answer, response } = await connection.send({ signal, headers, model }, (client) => client.embed(wire));
    embeddings.push(...vectorsOf(answer, input.length));
    const { embeddings: _, ...facts } = answer;
    raw.push(facts);
    // Absent is not nought: one answer that does not count leaves the sum unknown.
    const count: number | undefined = answer.prompt_eval_count;
    total = total === undefined || count === undefined ? undefined : total + count;
    last = response;
  }
  return {
    embeddings,
    usage: { inputTokens: { total }, raw: raw.length === 1 ? raw[0] : raw },
    response: { model, ...(last && { headers: headersToObject(last.headers) }) },
  };
}

function vectorsOf(answer: EmbedResponse, expected: number): Float32Array[] {
  const vectors: unknown = answer?.embeddings;
  if (!Array.isArray(vectors) || vectors.length !== expected || !vectors.every(Array.isArray)) {
    const text = JSON.stringify(answer) ?? "";
    throw malformed(`Asked for ${expected} embeddings, the server answered with something else`, text);
  }
  return vectors.map((vector: number[]) => Float32Array.from(vector));
}
