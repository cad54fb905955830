import { defineHost, type HostAdapter } from "../define-host.js";

/** SGLang. */
export const sglang: HostAdapter = /* @__PURE__ */ defineHost({
  id: "sglang",
  name: "SGLang",
  docs: "https://docs.sglang.ai/basic_usage/openai_api_completions.html",
  baseURL: "http://localhost:30000/v1",
  baseURLVariables: ["SGLANG_API_BASE", "SGLANG_BASE_URL"],
  keyVariables: ["SGLANG_API_KEY"],
  keyless: true,
  local: true,
  samePath: true,
  calls: ["embed", "listModels", "rerank"],
  responses: true,
  wire: { topK: true, reasoning: "reasoning_content", chatTools: true },
});
