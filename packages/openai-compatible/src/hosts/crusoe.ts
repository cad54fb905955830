import { defineHost, type HostAdapter } from "../define-host.js";

/** Crusoe Cloud. */
export const crusoe: HostAdapter = /* @__PURE__ */ defineHost({
  id: "crusoe",
  name: "Crusoe Cloud",
  docs: "https://docs.crusoecloud.com/quickstart/getting-started-with-serverless-inference",
  baseURL: "https://api.inference.crusoecloud.com/v1",
  baseURLVariables: ["CRUSOE_API_BASE"],
  keyVariables: ["CRUSOE_API_KEY"],
  calls: ["listModels"],
  wire: { topK: true },
  metadata: { choice: ["stop_reason"] },
});
