import { defineHost, type HostAdapter } from "../define-host.js";

/** Scaleway Generative APIs. */
export const scaleway: HostAdapter = /* @__PURE__ */ defineHost({
  id: "scaleway",
  name: "Scaleway Generative APIs",
  docs: "https://www.scaleway.com/en/docs/generative-apis/",
  baseURL: "https://api.scaleway.ai/v1",
  baseURLVariables: ["SCALEWAY_API_BASE"],
  keyVariables: ["SCW_SECRET_KEY", "SCALEWAY_API_KEY"],
  keyURL: "https://console.scaleway.com/iam/api-keys",
  embeddingModel: "bge-multilingual-gemma2",
  calls: ["embed", "listModels", "transcribe"],
});
