import { defineHost, type HostAdapter } from "../define-host.js";

/** AIHubMix. */
export const aihubmix: HostAdapter = /* @__PURE__ */ defineHost({
  id: "aihubmix",
  name: "AIHubMix",
  docs: "https://docs.aihubmix.com",
  baseURL: "https://aihubmix.com/v1",
  baseURLVariables: ["AIHUBMIX_API_BASE"],
  keyVariables: ["AIHUBMIX_API_KEY"],
  calls: ["embed", "listModels"],
});
