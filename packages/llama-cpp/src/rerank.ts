import type { RerankRequest, RerankResult } from "@llmux/core";
import type { AdapterAnswer, AdapterCall, CallContext } from "@llmux/core/adapter";
import { checkInputLength } from "./input-length.js";
import { requestOptions } from "./request-options.js";
import type { Runtime } from "./runtime.js";
import { held } from "./shelf.js";

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
  return held(runtime.model(request.model, options, context.signal), (loaded) =>
    held(loaded.rankingContext(options, context.signal), async ({ context: ranker }) => {
      const lengths = documents.map((document) => ranker.calculateInputLength(query, document));
      for (const [at, length] of lengths.entries())
        checkInputLength(length, `documents[${at}], with the query,`, loaded.model);
      const scores = await ranker.rankAll(query, [...documents]);
      return {
        ranking: scores
          .map((score, index) => ({ index, score }))
          .sort((a, b) => b.score - a.score)
          .slice(0, topN),
        usage: { inputTokens: { total: lengths.reduce((sum, length) => sum + length, 0) } },
        response: { model: loaded.model.filename },
      };
    }),
  );
}
