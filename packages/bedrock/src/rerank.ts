import type { RankedDocument, RerankRequest, RerankResult } from "@llmux/core";
import type { AdapterAnswer, AdapterCall, CallContext } from "@llmux/core/adapter";
import type { BedrockConnection } from "./connection.js";
import { bodyOptions, countOf, invokeModel, malformed } from "./invoke-model.js";
import { nameModel } from "./to-converse.js";

/** Cohere's and Amazon's rerankers, by InvokeModel, which take the same body but for Cohere's version. */
export async function rerank(
  connection: BedrockConnection,
  request: AdapterCall<RerankRequest>,
  context: CallContext,
): Promise<AdapterAnswer<RerankResult>> {
  const { query, documents, topN, providerOptions, headers } = request;
  const options = providerOptions?.bedrock;
  const model = nameModel(request);
  const body = {
    query,
    documents,
    ...(/cohere/.test(model.base) && { api_version: 2 }),
    // The API's own default is fewer than all.
    top_n: Math.min(topN ?? documents.length, documents.length),
    ...bodyOptions(options),
  };
  const { answer, reply } = await invokeModel(connection, { model, body, options, headers, context });
  const { results, meta } = reply as {
    results?: { index?: number; relevance_score?: number }[];
    meta?: { billed_units?: { search_units?: number } };
  };
  if (!Array.isArray(results)) throw malformed("ranking", reply);
  const ranking = results.map(({ index, relevance_score: score }): RankedDocument => {
    if (typeof index !== "number" || typeof score !== "number") throw malformed("ranking", reply);
    return { index, score };
  });
  const searchUnits = meta?.billed_units?.search_units;
  return {
    ranking: ranking.sort((a, b) => b.score - a.score),
    usage: { inputTokens: { total: countOf(answer, "input") }, ...(searchUnits !== undefined && { searchUnits }) },
    response: answer.response,
  };
}
