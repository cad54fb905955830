import { defineHost, type HostAdapter } from "../define-host.js";

/** LiteLLM proxy. */
export const litellmProxy: HostAdapter = /* @__PURE__ */ defineHost({
  id: "litellm_proxy",
  name: "LiteLLM proxy",
  docs: "https://docs.litellm.ai/docs/providers/litellm_proxy",
  aliases: ["litellm"],
  baseURL: "http://localhost:4000/v1",
  baseURLVariables: ["LITELLM_PROXY_API_BASE"],
  keyVariables: ["LITELLM_PROXY_API_KEY"],
  keyless: true,
  local: true,
  samePath: true,
  calls: ["embed", "listModels", "rerank", "transcribe", "speak", "generateImage", "moderate"],
  responses: true,
  wire: { cacheControl: true, topK: true, reasoning: "reasoning_content", chatTools: true },
  cost: { header: "x-litellm-response-cost" },
});
