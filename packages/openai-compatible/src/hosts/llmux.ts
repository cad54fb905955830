import { defineHost, type HostAdapter } from "../define-host.js";

/** llmux gateway. */
export const llmux: HostAdapter = /* @__PURE__ */ defineHost({
  id: "llmux",
  name: "llmux gateway",
  docs: "https://www.npmjs.com/package/@llmux/gateway",
  baseURL: "http://localhost:4000/v1",
  baseURLVariables: ["LLMUX_BASE_URL"],
  keyVariables: ["LLMUX_API_KEY"],
  keyless: true,
  local: true,
  samePath: true,
  calls: ["embed", "listModels", "rerank", "transcribe", "speak", "generateImage", "moderate"],
  responses: true,
  wire: { cacheControl: true, topK: true, reasoning: "reasoning_content", chatTools: true },
});
