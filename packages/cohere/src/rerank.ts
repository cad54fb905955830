import type { RankedDocument, RerankRequest, RerankResult } from "@llmux/core";
import { type AdapterAnswer, type AdapterCall, type CallContext, headersToObject } from "@llmux/core/adapter";
import { malformed, readObject } from "@llmux/core/answers";
import type { CohereConnection } from "./client.js";
import type { WireMeta } from "./wire.js";

interface WireRanking {
  id?: string | null;
  results?: readonly { index?: unknown; relevance_score?: unknown }[] | null;
  meta?: WireMeta | null;
}

/** `v2/rerank`. */
export async function rerank(
  connection: CohereConnection,
  { model, query, documents, topN, headers, providerOptions }: AdapterCall<RerankRequest>,
  { signal }: CallContext,
): Promise<AdapterAnswer<RerankResult>> {
  const body = { model, query, documents, ...(topN !== undefined && { top_n: topN }), ...providerOptions?.cohere };
  const answer = await connection.send({ path: "v2/rerank", body, signal, headers });
  const reply = await readObject<WireRanking>(answer);
  const ranking = (Array.isArray(reply.results) ? reply.results : []).map((result) => ({
    index: result?.index,
    score: result?.relevance_score,
  }));
  if (!Array.isArray(reply.results) || !ranking.every(isRanked)) throw malformed("The answer is no ranking", reply);
  const { billed_units: billed, tokens } = reply.meta ?? {};
  const said = headersToObject(answer.headers);
  return {
    ranking,
    usage: {
      inputTokens: { total: tokens?.input_tokens ?? billed?.input_tokens ?? undefined },
      searchUnits: billed?.search_units ?? undefined,
      ...(reply.meta && { raw: reply.meta }),
    },
    response: { id: reply.id ?? undefined, model, requestId: said["x-debug-trace-id"], headers: said },
  };
}

function isRanked(result: { index: unknown; score: unknown }): result is RankedDocument {
  return typeof result.index === "number" && typeof result.score === "number";
}
