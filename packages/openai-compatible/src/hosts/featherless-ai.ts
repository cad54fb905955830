import { defineHost, type HostAdapter } from "../define-host.js";

/** Featherless AI. */
export const featherless: HostAdapter = /* @__PURE__ */ defineHost({
  id: "featherless_ai",
  name: "Featherless AI",
  docs: "https://featherless.ai/docs",
  aliases: ["featherless"],
  baseURL: "https://api.featherless.ai/v1",
  baseURLVariables: ["FEATHERLESS_API_BASE"],
  keyVariables: ["FEATHERLESS_AI_API_KEY", "FEATHERLESS_API_KEY"],
  keyURL: "https://featherless.ai/account/api-keys",
  calls: ["listModels"],
  wire: { topK: true },
});
