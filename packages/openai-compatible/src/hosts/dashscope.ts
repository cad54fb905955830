import { defineHost, type HostAdapter } from "../define-host.js";

/** Alibaba Cloud Model Studio (DashScope). */
export const dashscope: HostAdapter = /* @__PURE__ */ defineHost({
  id: "dashscope",
  name: "Alibaba Cloud Model Studio (DashScope)",
  docs: "https://www.alibabacloud.com/help/en/model-studio/use-qwen-by-calling-api",
  aliases: ["qwen"],
  models: ["qwen-*"],
  baseURL: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
  baseURLVariables: ["DASHSCOPE_API_BASE", "DASHSCOPE_BASE_URL"],
  keyVariables: ["DASHSCOPE_API_KEY"],
  keyURL: "https://modelstudio.console.alibabacloud.com/?tab=model#/api-key",
  embeddingModel: "text-embedding-v4",
  calls: ["embed", "listModels"],
  wire: { cacheControl: true, topK: true, reasoning: "reasoning_content", embedBatch: 10 },
  reasoning: "enable_thinking",
  reasoningBudget: true,
});
