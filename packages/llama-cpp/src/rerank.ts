import type { RerankRequest, RerankResult } from "@llmux/core";
import type { AdapterAnswer, AdapterCall, CallContext } from "@llmux/core/adapter";
import { checkInputLength } from "./input-length.js";
import { requestOptions } from "./request-options.js";
import type { Runtime } from "./runtime.js";

/**
 * Documents in the order of their relevance, scored from 0 to 1 by a reranker model.
 * @throws LLMError `invalid-request` for a model that is none, `context-window-exceeded` for a document that is too long
 */
export async function rerank(
  runtime: Runtime,
  request: AdapterCall<RerankRequest>,
  context: CallContext,
): Promise<AdapterAnswer<RerankResult>> {
  const { query, documents, topN = documents.length } = request;
  const options = requestOptions(request, context, runtime.settings);
  const model = await runtime.model(request.model, options, context.signal);
  try {
    const lease = await model.value.rankingContext(options, context.signal);
    try {
      const ranker = lease.value.context;
      const lengths = documents.map((document) => ranker.calculateInputLength(query, document));
      for (const [at, length] of lengths.entries())
        checkInputLength(length, `documents[${at}], with the query,`, model.value.model);
      const scores = await ranker.rankAll(query, [...documents]);
      return {
        ranking: scores
          .map((score, index) => ({ index, score }))
          .sort((a, b) => b.score - a.score)
          .slice(0, topN),
        usage: { inputTokens: { total: lengths.reduce((sum, length) => sum + length, 0) } },
        response: { model: model.value.model.filename },
      };
    } finally {
      lease.release();
    }
  } finally {
    model.release();
  }
}
