import { defineHost, type HostAdapter } from "../define-host.js";

/** Cloudflare Workers AI. */
export const cloudflare: HostAdapter<"accountId"> = /* @__PURE__ */ defineHost({
  id: "cloudflare",
  name: "Cloudflare Workers AI",
  docs: "https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/",
  aliases: ["workers_ai"],
  baseURL: "https://api.cloudflare.com/client/v4/accounts/{accountId}/ai/v1",
  settings: {
    accountId: { variables: ["CLOUDFLARE_ACCOUNT_ID"], description: "the id of a Cloudflare account" },
  },
  keyVariables: ["CLOUDFLARE_API_KEY", "CLOUDFLARE_API_TOKEN"],
  keyURL: "https://dash.cloudflare.com/profile/api-tokens",
  embeddingModel: "@cf/baai/bge-m3",
  calls: ["embed"],
  responses: true,
  requestIdHeader: "cf-ray",
});
