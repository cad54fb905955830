import type { RerankingModelV4CallOptions, RerankingModelV4Result } from "@ai-sdk/provider";
import type { RerankRequest, RerankResult } from "@llmux/core";
import type { AdapterAnswer, AdapterCall, CallContext } from "@llmux/core/adapter";
import { fromModelWarning } from "../shared/warnings.js";
import type { AnyRerankingModel } from "./models.js";
import { type Names, toModelOptions } from "./names.js";
import { responseInfo } from "./response-info.js";

export async function rerank(
  model: AnyRerankingModel,
  names: Names,
  request: AdapterCall<RerankRequest>,
  context: CallContext,
): Promise<AdapterAnswer<RerankResult>> {
  const { query, documents, topN, headers, providerOptions } = request;
  const options: RerankingModelV4CallOptions = {
    query,
    documents: { type: "text", values: [...documents] },
    abortSignal: context.signal,
  };
  if (topN !== undefined) options.topN = topN;
  if (headers) options.headers = { ...headers };
  const own = toModelOptions(names, providerOptions);
  if (own) options.providerOptions = own;
  const { ranking, response, warnings } = (await model.doRerank(options)) as RerankingModelV4Result;
  for (const warning of warnings ?? []) context.warn(fromModelWarning(warning));
  return {
    ranking: ranking.map(({ index, relevanceScore }) => ({ index, score: relevanceScore })),
    // The AI SDK's reranking models report none.
    usage: { inputTokens: { total: undefined } },
    response: responseInfo(response ?? {}),
  };
}
