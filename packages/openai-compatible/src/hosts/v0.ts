import { defineHost, type HostAdapter } from "../define-host.js";

/** v0 by Vercel. */
export const v0: HostAdapter = /* @__PURE__ */ defineHost({
  id: "v0",
  name: "v0 by Vercel",
  docs: "https://v0.app/docs/api/model",
  baseURL: "https://api.v0.dev/v1",
  baseURLVariables: ["V0_API_BASE"],
  keyVariables: ["V0_API_KEY"],
  keyURL: "https://v0.app/chat/settings/keys",
  calls: [],
  wire: { maxTokens: "max_completion_tokens" },
});
