import { defineHost, type HostAdapter } from "../define-host.js";

/** Poe. */
export const poe: HostAdapter = /* @__PURE__ */ defineHost({
  id: "poe",
  name: "Poe",
  docs: "https://creator.poe.com/docs/external-applications/openai-compatible-api",
  baseURL: "https://api.poe.com/v1",
  baseURLVariables: ["POE_API_BASE"],
  keyVariables: ["POE_API_KEY"],
  keyURL: "https://poe.com/api_key",
  calls: ["listModels"],
});
