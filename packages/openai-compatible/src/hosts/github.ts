import { defineHost, type HostAdapter } from "../define-host.js";

/** GitHub Models. */
export const github: HostAdapter = /* @__PURE__ */ defineHost({
  id: "github",
  name: "GitHub Models",
  docs: "https://docs.github.com/en/rest/models/inference",
  aliases: ["github_models"],
  baseURL: "https://models.github.ai/inference",
  baseURLVariables: ["GITHUB_API_BASE"],
  keyVariables: ["GITHUB_API_KEY", "GITHUB_TOKEN"],
  keyURL: "https://github.com/settings/tokens",
  embeddingModel: "openai/text-embedding-3-small",
  calls: ["embed"],
});
