import { defineHost, type HostAdapter } from "../define-host.js";

/** Morph. */
export const morph: HostAdapter = /* @__PURE__ */ defineHost({
  id: "morph",
  name: "Morph",
  docs: "https://docs.morphllm.com",
  baseURL: "https://api.morphllm.com/v1",
  baseURLVariables: ["MORPH_API_BASE"],
  keyVariables: ["MORPH_API_KEY"],
  calls: ["embed", "rerank"],
});
