import { type AdapterEmbedRequest, type AdapterEmbedResult, type CallContext, LLMError } from "@llmux/core/adapter";
import { sumCounts, toBatches } from "@llmux/core/embeddings";
import type { Answer, BedrockConnection } from "./connection.js";
import { bodyOptions, countOf, invokeModel, malformed, mapFew } from "./invoke-model.js";
import { nameModel } from "./to-converse.js";
import type { Block } from "./to-messages.js";

/** How one family of models embeds. */
interface Embedder {
  /** Texts a request. */
  batch: number;
  dimensions: boolean;
  toBody(values: readonly string[], dimensions: number | undefined, options: Block): Block;
  fromReply(reply: Block): { vectors: unknown; tokens?: unknown };
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
const titan = (dimensions: boolean): Embedder => ({
  batch: 1,
  dimensions,
  toBody: ([inputText], length, options) => ({ inputText, ...(length && { dimensions: length }), ...options }),
  fromReply: (reply) => ({ vectors: [reply.embedding], tokens: reply.inputTextTokenCount }),
});

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-mm.html */
const titanImage: Embedder = {
  ...titan(true),
  toBody: ([inputText], outputEmbeddingLength, options) => ({
    inputText,
    ...(outputEmbeddingLength && { embeddingConfig: { outputEmbeddingLength } }),
    ...options,
  }),
};

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html */
const cohere = (dimensions: boolean): Embedder => ({
  batch: 96,
  dimensions,
  toBody: (texts, length, options) => ({
    texts,
    input_type: "search_document",
    ...(length && { output_dimension: length }),
    ...options,
  }),
  fromReply: ({ embeddings }) => ({
    vectors: Array.isArray(embeddings) ? embeddings : (embeddings as { float?: unknown } | undefined)?.float,
  }),
});

/** https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html */
const nova: Embedder = {
  batch: 1,
  dimensions: true,
  toBody: ([value], length, options) => ({
    schemaVersion: "nova-multimodal-embed-v1",
    taskType: "SINGLE_EMBEDDING",
    singleEmbeddingParams: {
      embeddingPurpose: "GENERIC_INDEX",
      ...(length && { embeddingDimension: length }),
      text: { truncationMode: "NONE", value },
      ...options,
    },
  }),
  fromReply: ({ embeddings }) => ({
    vectors: (embeddings as { embedding?: unknown }[] | undefined)?.map(({ embedding }) => embedding),
  }),
};

const EMBEDDERS: readonly [RegExp, Embedder][] = [
  [/titan-embed-image/, titanImage],
  [/titan-embed-(g1-)?text-(v1|0)|titan-embed-g1/, titan(false)],
  [/titan-embed/, titan(true)],
  [/cohere\.embed-.*v3/, cohere(false)],
  [/cohere\.embed/, cohere(true)],
  [/nova.*embed/, nova],
];

/**
 * Texts to vectors, by InvokeModel: Titan and Nova take one text a request, Cohere 96. `providerOptions.bedrock` goes into the model's
 * own body (Cohere's `input_type`, Titan's `normalize`), for Nova into its `singleEmbeddingParams` (`embeddingPurpose`).
 */
export async function embed(
  connection: BedrockConnection,
  request: AdapterEmbedRequest,
  context: CallContext,
): Promise<AdapterEmbedResult> {
  const { values, dimensions, providerOptions, headers } = request;
  const options = providerOptions?.bedrock;
  const model = nameModel(request);
  const embedder = EMBEDDERS.find(([name]) => name.test(model.base))?.[1];
  if (!embedder) {
    const message = `Of the models that embed, those of Titan, Nova and Cohere are known; ${model.base} is none of them`;
    throw new LLMError({ kind: "unsupported", parameter: "model", message });
  }
  if (dimensions !== undefined && !embedder.dimensions)
    context.unsupported("dimensions", "this model has but one length");
  if (request.user !== undefined) context.unsupported("user");
  const length = embedder.dimensions ? dimensions : undefined;
  const batches = toBatches(values, { values: embedder.batch });
  const replies = await mapFew(batches, async (batch) => {
    const body = embedder.toBody(batch, length, bodyOptions(options));
    const { answer, reply } = await invokeModel(connection, { model, body, options, headers, context });
    const { vectors, tokens } = embedder.fromReply(reply);
    if (!Array.isArray(vectors) || vectors.length !== batch.length || !vectors.every(Array.isArray))
      throw malformed("embedding for each text", reply);
    return {
      vectors: vectors as number[][],
      answer,
      tokens: typeof tokens === "number" ? tokens : countOf(answer, "input"),
    };
  });
  const total = sumCounts(replies.map(({ tokens }) => tokens));
  const last = replies.at(-1)?.answer as Answer | undefined;
  return {
    embeddings: replies.flatMap(({ vectors }) => vectors.map((vector) => Float32Array.from(vector))),
    usage: { inputTokens: { total: replies.length > 0 ? total : undefined } },
    response: last?.response ?? {},
  };
}
