import { defineHost, type HostAdapter } from "../define-host.js";

/** vLLM. */
export const vllm: HostAdapter = /* @__PURE__ */ defineHost({
  id: "hosted_vllm",
  name: "vLLM",
  docs: "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
  aliases: ["vllm"],
  baseURL: "http://localhost:8000/v1",
  baseURLVariables: ["HOSTED_VLLM_API_BASE", "VLLM_API_BASE"],
  keyVariables: ["HOSTED_VLLM_API_KEY", "VLLM_API_KEY"],
  keyless: true,
  local: true,
  samePath: true,
  calls: ["embed", "listModels", "rerank", "transcribe"],
  responses: true,
  wire: {
    topK: true,
    reasoning: "reasoning",
    chatTools: true,
    embedFormat: "base64",
  },
  metadata: { choice: ["stop_reason"] },
});
