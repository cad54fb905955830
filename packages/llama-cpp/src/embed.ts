import { type AdapterEmbedRequest, type AdapterEmbedResult, type CallContext, LLMError } from "@llmux/core/adapter";
import type { LlamaModel } from "node-llama-cpp";
import { checkInputLength } from "./input-length.js";
import { requestOptions } from "./request-options.js";
import type { Runtime } from "./runtime.js";
import { held } from "./shelf.js";

/** `llama_pooling_type` of llama.cpp. */
const POOLING_NONE = 0;
const POOLING_RANK = 4;

/**
 * Vectors for texts, one after the other.
 * @throws LLMError `invalid-request` for a model that makes none, `context-window-exceeded` for a text that is too long
 */
export async function embed(
  runtime: Runtime,
  request: AdapterEmbedRequest,
  context: CallContext,
): Promise<AdapterEmbedResult> {
  const { signal } = context;
  if (request.dimensions !== undefined) context.unsupported("dimensions", "the model decides the length");
  const empty = request.values.indexOf("");
  if (empty !== -1) {
    const message = `values[${empty}] is empty: there is nothing that its vector could stand for`;
    throw new LLMError({ kind: "invalid-request", parameter: "values", message });
  }
  const options = requestOptions(request, context, runtime.settings);
  return held(runtime.model(request.model, options, signal), (loaded) => {
    const { model } = loaded;
    checkPooling(model, request.model);
    return held(loaded.embeddingContext(options, signal), async ({ context: embedder }) => {
      const embeddings: Float32Array[] = [];
      let total = 0;
      for (const [at, value] of request.values.entries()) {
        signal.throwIfAborted();
        const length = embedder.calculateInputLength(value);
        checkInputLength(length, `values[${at}]`, model);
        const { vector } = await embedder.getEmbeddingFor(value);
        embeddings.push(unit(vector));
        total += length;
      }
      return { embeddings, usage: { inputTokens: { total } }, response: { model: model.filename } };
    });
  });
}

/** Of length 1, as llama.cpp's own programs give them, so that a dot product is a cosine. */
function unit(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector);
  return Float32Array.from(length === 0 ? vector : vector.map((value) => value / length));
}

/** What a model that was made for chat gives as its vectors means nothing. */
function checkPooling({ fileInfo }: LlamaModel, name: string): void {
  const { architecture } = fileInfo.metadata.general;
  const pooling = fileInfo.architectureMetadata.pooling_type;
  if (pooling === POOLING_RANK) throw noEmbeddings(name, "it is a reranker; use rerank");
  if (pooling !== undefined && pooling !== POOLING_NONE) return;
  // The encoders pool even where the file does not say how.
  if (pooling === undefined && /bert|t5encoder|bge/i.test(architecture)) return;
  throw noEmbeddings(name, "its file names no pooling, as those of embedding models do");
}

function noEmbeddings(name: string, why: string): LLMError {
  return new LLMError({
    kind: "invalid-request",
    parameter: "model",
    message: `"${name}" is no embedding model: ${why}`,
  });
}
