import { defineHost, type HostAdapter } from "../define-host.js";

/** SiliconFlow. */
export const siliconflow: HostAdapter = /* @__PURE__ */ defineHost({
  id: "siliconflow",
  name: "SiliconFlow",
  docs: "https://docs.siliconflow.com/en/api-reference/chat-completions/chat-completions",
  baseURL: "https://api.siliconflow.com/v1",
  baseURLVariables: ["SILICONFLOW_API_BASE", "SILICONFLOW_BASE_URL"],
  keyVariables: ["SILICONFLOW_API_KEY"],
  keyURL: "https://cloud.siliconflow.com/account/ak",
  embeddingModel: "Qwen/Qwen3-Embedding-8B",
  calls: ["embed", "listModels", "rerank", "transcribe", "speak", "generateImage"],
  wire: { topK: true },
  reasoning: "enable_thinking",
  reasoningBudget: true,
});
