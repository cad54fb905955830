import { defineHost, type HostAdapter } from "../define-host.js";

/** OVHcloud AI Endpoints. */
export const ovhcloud: HostAdapter = /* @__PURE__ */ defineHost({
  id: "ovhcloud",
  name: "OVHcloud AI Endpoints",
  docs: "https://help.ovhcloud.com/csm/en-public-cloud-ai-endpoints-getting-started",
  baseURL: "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1",
  baseURLVariables: ["OVHCLOUD_API_BASE"],
  keyVariables: ["OVHCLOUD_API_KEY", "OVH_AI_ENDPOINTS_ACCESS_TOKEN"],
  keyURL: "https://endpoints.ai.cloud.ovh.net",
  // Without a key it answers a few requests a minute.
  keyless: true,
  embeddingModel: "BGE-M3",
  calls: ["embed", "listModels", "transcribe"],
});
