import { defineHost, type HostAdapter } from "../define-host.js";

/** FriendliAI. */
export const friendliai: HostAdapter = /* @__PURE__ */ defineHost({
  id: "friendliai",
  name: "FriendliAI",
  docs: "https://friendli.ai/docs/guides/openai-compatibility",
  baseURL: "https://api.friendli.ai/serverless/v1",
  baseURLVariables: ["FRIENDLI_API_BASE"],
  keyVariables: ["FRIENDLIAI_API_KEY", "FRIENDLI_TOKEN"],
  keyURL: "https://friendli.ai/suite",
  calls: ["listModels"],
  wire: { topK: true },
});
