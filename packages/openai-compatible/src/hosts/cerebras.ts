import { defineHost, type HostAdapter } from "../define-host.js";

/** Cerebras. */
export const cerebras: HostAdapter = /* @__PURE__ */ defineHost({
  id: "cerebras",
  name: "Cerebras",
  docs: "https://inference-docs.cerebras.ai/resources/openai",
  baseURL: "https://api.cerebras.ai/v1",
  baseURLVariables: ["CEREBRAS_API_BASE", "CEREBRAS_BASE_URL"],
  keyVariables: ["CEREBRAS_API_KEY"],
  keyURL: "https://cloud.cerebras.ai",
  calls: ["listModels"],
  wire: {
    maxTokens: "max_completion_tokens",
    reasoning: "reasoning",
  },
  refuses: ["frequencyPenalty", "presencePenalty"],
  metadata: { body: ["time_info"], latest: ["time_info"] },
});
