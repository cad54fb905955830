import { defineHost, type HostAdapter } from "../define-host.js";

/** GMI Cloud. */
export const gmi: HostAdapter = /* @__PURE__ */ defineHost({
  id: "gmi",
  name: "GMI Cloud",
  docs: "https://docs.gmicloud.ai",
  baseURL: "https://api.gmi-serving.com/v1",
  baseURLVariables: ["GMI_API_BASE"],
  keyVariables: ["GMI_API_KEY"],
  calls: ["listModels"],
});
