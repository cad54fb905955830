import { defineHost, type HostAdapter } from "../define-host.js";

/** Nebius Token Factory. */
export const nebius: HostAdapter = /* @__PURE__ */ defineHost({
  id: "nebius",
  name: "Nebius Token Factory",
  docs: "https://docs.tokenfactory.nebius.com/api-reference/introduction",
  baseURL: "https://api.tokenfactory.nebius.com/v1",
  baseURLVariables: ["NEBIUS_API_BASE"],
  keyVariables: ["NEBIUS_API_KEY"],
  keyURL: "https://tokenfactory.nebius.com",
  embeddingModel: "BAAI/bge-en-icl",
  calls: ["embed", "listModels", "generateImage"],
  wire: { topK: true },
});
