import {
  type AdapterEmbedRequest,
  type AdapterEmbedResult,
  type CallContext,
  headersToObject,
} from "@llmux/core/adapter";
import { malformed } from "@llmux/core/answers";
import { toBatches } from "@llmux/core/embeddings";
import type { HuggingFaceConnection } from "./client.js";

/** Texts in one request: as many as TEI takes unless told otherwise (`--max-client-batch-size`). */
const BATCH = 32;

/** Feature extraction, batch after batch, in the order of the texts. */
export async function embed(
  connection: HuggingFaceConnection,
  request: AdapterEmbedRequest,
  context: CallContext,
): Promise<AdapterEmbedResult> {
  const { model, values, dimensions, headers, providerOptions, user } = request;
  if (user !== undefined) context.unsupported("user", "embeddings take no id of the end user");
  const embeddings: Float32Array[] = [];
  let last: Response | undefined;
  for (const inputs of toBatches(values, { values: BATCH })) {
    const fields = { ...(dimensions !== undefined && { dimensions }), ...providerOptions?.huggingface };
    const { answer, response } = await connection.task(
      { model, signal: context.signal, headers },
      "feature-extraction",
      (client, target, options) => client.featureExtraction({ inputs, ...fields, ...target }, options),
    );
    embeddings.push(...vectorsOf(answer, inputs.length));
    last = response;
  }
  const said = last && headersToObject(last.headers);
  return {
    embeddings,
    usage: { inputTokens: { total: undefined } },
    response: { model, ...(said && { requestId: said["x-request-id"], headers: said }) },
  };
}

/** @throws LLMError `malformed-response` where there is not one vector for each text */
function vectorsOf(answer: unknown, expected: number): Float32Array[] {
  if (!Array.isArray(answer) || answer.length !== expected || !answer.every(Array.isArray)) {
    throw malformed(`Asked for ${expected} embeddings, the provider answered with something else`, answer);
  }
  return answer.map((vector: readonly unknown[]) => {
    if (vector.every((number) => typeof number === "number")) return Float32Array.from(vector);
    throw malformed("The model gives a vector for each token, not one for the text: it is none for embeddings", vector);
  });
}
