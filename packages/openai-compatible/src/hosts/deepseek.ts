import { defineHost, type HostAdapter } from "../define-host.js";

/** DeepSeek. */
export const deepseek: HostAdapter = /* @__PURE__ */ defineHost({
  id: "deepseek",
  name: "DeepSeek",
  docs: "https://api-docs.deepseek.com/guides/thinking_mode",
  models: ["deepseek-*"],
  baseURL: "https://api.deepseek.com",
  baseURLVariables: ["DEEPSEEK_API_BASE", "DEEPSEEK_BASE_URL"],
  keyVariables: ["DEEPSEEK_API_KEY"],
  keyURL: "https://platform.deepseek.com/api_keys",
  calls: ["listModels"],
  responses: true,
  wire: { reasoning: "reasoning_content" },
  reasoning: "thinking_and_effort",
  jsonObjectOnly: true,
  requestIdHeader: "x-ds-trace-id",
});
