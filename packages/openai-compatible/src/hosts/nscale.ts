import { defineHost, type HostAdapter } from "../define-host.js";

/** Nscale. */
export const nscale: HostAdapter = /* @__PURE__ */ defineHost({
  id: "nscale",
  name: "Nscale",
  docs: "https://docs.nscale.com",
  baseURL: "https://inference.api.nscale.com/v1",
  baseURLVariables: ["NSCALE_API_BASE"],
  keyVariables: ["NSCALE_API_KEY"],
  keyURL: "https://console.nscale.com",
  calls: ["listModels", "generateImage"],
});
