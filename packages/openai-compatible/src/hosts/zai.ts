import { defineHost, type HostAdapter } from "../define-host.js";

/** Z.ai. */
export const zai: HostAdapter = /* @__PURE__ */ defineHost({
  id: "zai",
  name: "Z.ai",
  docs: "https://docs.z.ai/api-reference/llm/chat-completion",
  aliases: ["zhipu", "zhipuai"],
  models: ["glm-*"],
  baseURL: "https://api.z.ai/api/paas/v4",
  baseURLVariables: ["ZAI_API_BASE", "ZAI_BASE_URL"],
  keyVariables: ["ZAI_API_KEY", "ZHIPUAI_API_KEY"],
  keyURL: "https://z.ai/manage-apikey/apikey-list",
  calls: ["listModels", "generateImage"],
  wire: { reasoning: "reasoning_content" },
  names: { user: "user_id" },
  refuses: ["messages.name", "frequencyPenalty", "presencePenalty", "seed", "parallelToolCalls", "cacheKey"],
  reasoning: "thinking_and_effort",
  jsonObjectOnly: true,
  metadata: { body: ["request_id", "web_search"] },
});
