import { defineHost, type HostAdapter } from "../define-host.js";

/** AI21 Labs. */
export const ai21: HostAdapter = /* @__PURE__ */ defineHost({
  id: "ai21",
  name: "AI21 Labs",
  docs: "https://docs.ai21.com/reference/jamba-1-6-api-ref",
  aliases: ["ai21_chat"],
  models: ["jamba-*"],
  baseURL: "https://api.ai21.com/studio/v1",
  baseURLVariables: ["AI21_API_BASE"],
  keyVariables: ["AI21_API_KEY"],
  keyURL: "https://studio.ai21.com/account/api-key",
  calls: [],
});
