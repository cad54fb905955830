import { defineHost, type HostAdapter } from "../define-host.js";

/** Avian. */
export const avian: HostAdapter = /* @__PURE__ */ defineHost({
  id: "avian",
  name: "Avian",
  docs: "https://avian.io/docs",
  baseURL: "https://api.avian.io/v1",
  baseURLVariables: ["AVIAN_API_BASE"],
  keyVariables: ["AVIAN_API_KEY"],
  keyURL: "https://avian.io",
  calls: ["listModels"],
  wire: { reasoning: "reasoning_content" },
  cost: { usage: "cost" },
  metadata: { choice: ["native_finish_reason"] },
});
