import { defineHost, type HostAdapter } from "../define-host.js";

/** DeepInfra. */
export const deepinfra: HostAdapter = /* @__PURE__ */ defineHost({
  id: "deepinfra",
  name: "DeepInfra",
  docs: "https://deepinfra.com/docs/openai_api",
  baseURL: "https://api.deepinfra.com/v1/openai",
  baseURLVariables: ["DEEPINFRA_API_BASE"],
  keyVariables: ["DEEPINFRA_API_KEY", "DEEPINFRA_TOKEN"],
  keyURL: "https://deepinfra.com/dash/api_keys",
  embeddingModel: "BAAI/bge-m3",
  calls: ["embed", "listModels", "transcribe", "speak", "generateImage"],
  wire: { topK: true },
  cost: { usage: "estimated_cost" },
});
