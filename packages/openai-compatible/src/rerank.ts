import type { RerankRequest, RerankResult } from "@llmux/core";
import type { AdapterAnswer, AdapterCall, CallContext } from "@llmux/core/adapter";
import { headersToObject, LLMError } from "@llmux/core/adapter";
import type { OpenAI } from "openai";

/** What Cohere's and Jina's answers, and those of the servers that follow them, have in common. */
interface WireRanking {
  id?: string;
  model?: string;
  results?: { index?: number; relevance_score?: number; score?: number }[];
  usage?: { total_tokens?: number; prompt_tokens?: number } | null;
  meta?: { tokens?: { input_tokens?: number }; billed_units?: { search_units?: number; input_tokens?: number } } | null;
}

/** The longest timer there is: the SDK's own limit must not end a call before core's. */
const NO_TIMEOUT = 2 ** 31 - 1;

/** Asks a host's `/rerank`, in the form of Cohere's (https://docs.cohere.com/reference/rerank) and Jina's (https://jina.ai/reranker). */
export async function rerank(
  getClient: () => Promise<OpenAI>,
  provider: string,
  request: AdapterCall<RerankRequest>,
  { signal }: CallContext,
): Promise<AdapterAnswer<RerankResult>> {
  const { model, query, documents, topN, headers, providerOptions } = request;
  const client = await getClient();
  const body = { model, query, documents, top_n: topN, ...providerOptions?.[provider] };
  const response = await client
    .post("/rerank", { body, signal, ...(headers && { headers: { ...headers } }), maxRetries: 0, timeout: NO_TIMEOUT })
    .asResponse();
  const text = await response.text();
  const answer = parse(text);
  if (!Array.isArray(answer?.results))
    throw new LLMError({
      kind: "malformed-response",
      message: `The provider's answer is not a ranking: ${JSON.stringify(text.slice(0, 120))}`,
      text,
    });
  const { usage, meta } = answer;
  const ranking = answer.results.map(({ index = -1, relevance_score, score }) => ({
    index,
    score: relevance_score ?? score ?? Number.NaN,
  }));
  if (ranking.some(({ index, score }) => !(index >= 0 && index < documents.length) || Number.isNaN(score)))
    throw new LLMError({ kind: "malformed-response", message: "The provider ranked what it was not given", text });
  const all = headersToObject(response.headers);
  return {
    // Some servers answer in the order of the documents.
    ranking: ranking.sort((a, b) => b.score - a.score).slice(0, topN),
    usage: {
      inputTokens: {
        total:
          usage?.prompt_tokens ??
          usage?.total_tokens ??
          meta?.tokens?.input_tokens ??
          meta?.billed_units?.input_tokens ??
          undefined,
      },
      ...(meta?.billed_units?.search_units !== undefined && { searchUnits: meta.billed_units.search_units }),
      ...((usage ?? meta) && { raw: usage ?? meta }),
    },
    response: { id: answer.id, model: answer.model, headers: all, requestId: all["x-request-id"] },
  };
}

function parse(text: string): WireRanking | undefined {
  try {
    return JSON.parse(text) as WireRanking;
  } catch {
    return undefined;
  }
}
