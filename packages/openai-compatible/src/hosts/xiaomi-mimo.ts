import { defineHost, type HostAdapter } from "../define-host.js";

/** Xiaomi MiMo. */
export const xiaomiMiMo: HostAdapter = /* @__PURE__ */ defineHost({
  id: "xiaomi_mimo",
  name: "Xiaomi MiMo",
  docs: "https://platform.xiaomimimo.com/docs",
  baseURL: "https://api.xiaomimimo.com/v1",
  baseURLVariables: ["XIAOMI_MIMO_API_BASE"],
  keyVariables: ["XIAOMI_MIMO_API_KEY"],
  calls: ["listModels"],
  wire: { reasoning: "reasoning_content" },
  reasoning: "thinking",
});
