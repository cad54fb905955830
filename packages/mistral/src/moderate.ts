import type { ModerateRequest, ModerateResult } from "@llmux/core";
import type { AdapterAnswer, AdapterCall, CallContext } from "@llmux/core/adapter";
import { malformed, readJSON } from "@llmux/core/answers";
import type { MistralConnection } from "./connection.js";
import { bodyFacts, httpFacts } from "./facts.js";
import type { WireUsage } from "./wire.js";

interface WireModeration {
  id?: string;
  model?: string;
  usage?: WireUsage | null;
  results?: readonly {
    categories?: Record<string, boolean> | null;
    category_scores?: Record<string, number> | null;
  }[];
}

/** `/v1/moderations` (https://docs.mistral.ai/capabilities/guardrailing/). What is in any category is flagged. */
export async function moderate(
  connection: MistralConnection,
  { model, values, headers, providerOptions }: AdapterCall<ModerateRequest>,
  context: CallContext,
): Promise<AdapterAnswer<ModerateResult>> {
  const input = values.map((value) => {
    if (typeof value === "string") return value;
    if (value.some(({ type }) => type !== "text")) context.unsupported("values", "Mistral judges texts only");
    return value.map((part) => (part.type === "text" ? part.text : "")).join("");
  });
  const body = { model, input, ...providerOptions?.mistral };
  const exchange = { path: "v1/moderations", operation: "moderations_v1_moderations_post", body };
  const response = await connection.send({ ...exchange, headers, signal: context.signal });
  const answer = await readJSON<WireModeration | null>(response);
  const results = answer?.results;
  if (!answer || !Array.isArray(results) || results.length !== values.length) {
    throw malformed(`Mistral's answer does not hold ${values.length} verdicts`, answer);
  }
  return {
    results: results.map((verdict: NonNullable<WireModeration["results"]>[number]) => {
      const categories = verdict?.categories ?? {};
      return { flagged: Object.values(categories).includes(true), categories, scores: verdict?.category_scores ?? {} };
    }),
    usage: {
      inputTokens: { total: answer.usage?.prompt_tokens ?? undefined },
      ...(answer.usage && { raw: answer.usage }),
    },
    response: { ...httpFacts(response, context), ...bodyFacts(answer) },
  };
}
