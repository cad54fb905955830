import { defineHost, type HostAdapter } from "../define-host.js";

/** Baseten. */
export const baseten: HostAdapter = /* @__PURE__ */ defineHost({
  id: "baseten",
  name: "Baseten",
  docs: "https://docs.baseten.co/development/model-apis/overview",
  baseURL: "https://inference.baseten.co/v1",
  baseURLVariables: ["BASETEN_API_BASE"],
  keyVariables: ["BASETEN_API_KEY"],
  keyURL: "https://app.baseten.co/settings/api_keys",
  calls: ["listModels"],
  wire: { topK: true },
});
