import { defineHost, type HostAdapter } from "../define-host.js";

/** Synthetic. */
export const synthetic: HostAdapter = /* @__PURE__ */ defineHost({
  id: "synthetic",
  name: "Synthetic",
  docs: "https://dev.synthetic.new/docs/api/overview",
  baseURL: "https://api.synthetic.new/openai/v1",
  baseURLVariables: ["SYNTHETIC_API_BASE"],
  keyVariables: ["SYNTHETIC_API_KEY"],
  calls: ["embed", "listModels"],
});
