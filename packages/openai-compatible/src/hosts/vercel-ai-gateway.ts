import { defineHost, type HostAdapter } from "../define-host.js";

/** Vercel AI Gateway. */
export const vercelAIGateway: HostAdapter = /* @__PURE__ */ defineHost({
  id: "vercel_ai_gateway",
  name: "Vercel AI Gateway",
  docs: "https://vercel.com/docs/ai-gateway/openai-compat",
  aliases: ["vercel"],
  baseURL: "https://ai-gateway.vercel.sh/v1",
  baseURLVariables: ["VERCEL_AI_GATEWAY_API_BASE"],
  keyVariables: ["VERCEL_AI_GATEWAY_API_KEY", "AI_GATEWAY_API_KEY", "VERCEL_OIDC_TOKEN"],
  keyURL: "https://vercel.com/dashboard/ai-gateway/api-keys",
  embeddingModel: "openai/text-embedding-3-small",
  calls: ["embed", "listModels"],
  wire: { cacheControl: true, reasoning: "reasoning" },
  reasoning: "reasoning",
  reasoningBudget: true,
  cost: { usage: "cost" },
  metadata: { body: ["generationId"], message: ["provider_metadata"], latest: ["provider_metadata"] },
});
