import { defineHost, type HostAdapter } from "../define-host.js";

/** Novita AI. */
export const novita: HostAdapter = /* @__PURE__ */ defineHost({
  id: "novita",
  name: "Novita AI",
  docs: "https://novita.ai/docs/api-reference/model-apis-llm-create-chat-completion",
  baseURL: "https://api.novita.ai/openai/v1",
  baseURLVariables: ["NOVITA_API_BASE"],
  keyVariables: ["NOVITA_API_KEY"],
  keyURL: "https://novita.ai/settings/key-management",
  embeddingModel: "baai/bge-m3",
  calls: ["embed", "listModels", "rerank"],
  wire: { topK: true },
});
