import { defineHost, type HostAdapter } from "../define-host.js";

/** Venice.ai. */
export const venice: HostAdapter = /* @__PURE__ */ defineHost({
  id: "veniceai",
  name: "Venice.ai",
  docs: "https://docs.venice.ai/api-reference/api-spec",
  aliases: ["venice"],
  baseURL: "https://api.venice.ai/api/v1",
  baseURLVariables: ["VENICE_AI_API_BASE"],
  keyVariables: ["VENICE_AI_API_KEY", "VENICE_API_KEY"],
  keyURL: "https://venice.ai/settings/api",
  calls: ["embed", "listModels", "speak"],
  wire: { topK: true, maxTokens: "max_completion_tokens", reasoning: "reasoning_content" },
});
