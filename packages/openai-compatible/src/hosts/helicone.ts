import { defineHost, type HostAdapter } from "../define-host.js";

/** Helicone AI Gateway. */
export const helicone: HostAdapter = /* @__PURE__ */ defineHost({
  id: "helicone",
  name: "Helicone AI Gateway",
  docs: "https://docs.helicone.ai/gateway/overview",
  baseURL: "https://ai-gateway.helicone.ai",
  baseURLVariables: ["HELICONE_API_BASE"],
  keyVariables: ["HELICONE_API_KEY"],
  keyURL: "https://us.helicone.ai/settings/api-keys",
  calls: [],
});
