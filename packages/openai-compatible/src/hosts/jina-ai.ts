import { defineHost, type HostAdapter } from "../define-host.js";

/** Jina AI. */
export const jina: HostAdapter = /* @__PURE__ */ defineHost({
  id: "jina_ai",
  name: "Jina AI",
  docs: "https://jina.ai/embeddings/",
  aliases: ["jina"],
  baseURL: "https://api.jina.ai/v1",
  baseURLVariables: ["JINA_AI_API_BASE"],
  keyVariables: ["JINA_AI_API_KEY", "JINA_API_KEY"],
  keyURL: "https://jina.ai",
  embeddingModel: "jina-embeddings-v3",
  calls: ["embed", "rerank"],
});
