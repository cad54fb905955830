import { defineHost, type HostAdapter } from "../define-host.js";

/** OpenRouter. */
export const openrouter: HostAdapter = /* @__PURE__ */ defineHost({
  id: "openrouter",
  name: "OpenRouter",
  docs: "https://openrouter.ai/docs/use-cases/reasoning-tokens",
  baseURL: "https://openrouter.ai/api/v1",
  baseURLVariables: ["OPENROUTER_API_BASE", "OPENROUTER_BASE_URL"],
  keyVariables: ["OPENROUTER_API_KEY", "OR_API_KEY"],
  keyURL: "https://openrouter.ai/settings/keys",
  embeddingModel: "openai/text-embedding-3-small",
  calls: ["embed", "listModels"],
  responses: true,
  wire: { cacheControl: true, topK: true, reasoning: "reasoning", chatTools: true },
  reasoning: "reasoning",
  reasoningBudget: true,
  cost: { usage: "cost" },
  metadata: { body: ["provider"], choice: ["native_finish_reason"] },
  requestIdHeader: "x-generation-id",
});
