import { defineHost, type HostAdapter } from "../define-host.js";

/** AI/ML API. */
export const aiml: HostAdapter = /* @__PURE__ */ defineHost({
  id: "aiml",
  name: "AI/ML API",
  docs: "https://docs.aimlapi.com",
  baseURL: "https://api.aimlapi.com/v1",
  baseURLVariables: ["AIML_API_BASE"],
  keyVariables: ["AIML_API_KEY"],
  keyURL: "https://aimlapi.com/app/keys",
  calls: ["embed", "listModels"],
});
