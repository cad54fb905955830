import { defineHost, type HostAdapter } from "../define-host.js";

/** Chutes. */
export const chutes: HostAdapter = /* @__PURE__ */ defineHost({
  id: "chutes",
  name: "Chutes",
  docs: "https://chutes.ai/docs",
  baseURL: "https://llm.chutes.ai/v1",
  baseURLVariables: ["CHUTES_API_BASE"],
  keyVariables: ["CHUTES_API_KEY"],
  calls: ["listModels"],
  wire: { topK: true },
});
