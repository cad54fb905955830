import { defineHost, type HostAdapter } from "../define-host.js";

/** Mistral AI. */
export const mistral: HostAdapter = /* @__PURE__ */ defineHost({
  id: "mistral",
  name: "Mistral AI",
  docs: "https://docs.mistral.ai/api",
  baseURL: "https://api.mistral.ai/v1",
  baseURLVariables: ["MISTRAL_API_BASE", "MISTRAL_BASE_URL"],
  keyVariables: ["MISTRAL_API_KEY"],
  keyURL: "https://console.mistral.ai/api-keys",
  embeddingModel: "mistral-embed",
  calls: ["embed", "listModels", "transcribe"],
  // It counts tokens in a stream unasked, and refuses fields that it does not know.
  wire: { streamUsage: false },
  names: { seed: "random_seed" },
  refuses: ["user"],
  requestIdHeader: "mistral-correlation-id",
});
