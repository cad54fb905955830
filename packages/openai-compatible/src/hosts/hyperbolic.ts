import { defineHost, type HostAdapter } from "../define-host.js";

/** Hyperbolic. */
export const hyperbolic: HostAdapter = /* @__PURE__ */ defineHost({
  id: "hyperbolic",
  name: "Hyperbolic",
  docs: "https://docs.hyperbolic.xyz/docs/rest-api",
  baseURL: "https://api.hyperbolic.xyz/v1",
  baseURLVariables: ["HYPERBOLIC_API_BASE"],
  keyVariables: ["HYPERBOLIC_API_KEY"],
  keyURL: "https://app.hyperbolic.xyz/settings",
  calls: ["listModels"],
  wire: { topK: true },
});
