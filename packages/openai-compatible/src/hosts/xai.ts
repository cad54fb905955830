import { defineHost, type HostAdapter } from "../define-host.js";

/** xAI. */
export const xai: HostAdapter = /* @__PURE__ */ defineHost({
  id: "xai",
  name: "xAI",
  docs: "https://docs.x.ai/docs/api-reference",
  models: ["grok-*"],
  baseURL: "https://api.x.ai/v1",
  baseURLVariables: ["XAI_API_BASE", "XAI_BASE_URL"],
  keyVariables: ["XAI_API_KEY"],
  keyURL: "https://console.x.ai",
  calls: ["listModels", "generateImage"],
  responses: true,
  wire: { maxTokens: "max_completion_tokens", reasoning: "reasoning_content" },
  citations: true,
  // Ticks, of which a dollar has ten thousand million.
  cost: { usage: "cost_in_usd_ticks", perUSD: 1e10 },
});
