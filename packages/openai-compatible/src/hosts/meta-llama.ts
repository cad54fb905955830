import { defineHost, type HostAdapter } from "../define-host.js";

/** Llama API (Meta). */
export const metaLlama: HostAdapter = /* @__PURE__ */ defineHost({
  id: "meta_llama",
  name: "Llama API (Meta)",
  docs: "https://llama.developer.meta.com/docs/features/compatibility/",
  baseURL: "https://api.llama.com/compat/v1",
  baseURLVariables: ["LLAMA_API_BASE"],
  keyVariables: ["LLAMA_API_KEY"],
  keyURL: "https://llama.developer.meta.com/api-keys/",
  calls: ["listModels"],
  wire: { topK: true, maxTokens: "max_completion_tokens" },
});
