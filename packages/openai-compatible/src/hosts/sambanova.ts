import { defineHost, type HostAdapter } from "../define-host.js";

/** SambaNova. */
export const sambanova: HostAdapter = /* @__PURE__ */ defineHost({
  id: "sambanova",
  name: "SambaNova",
  docs: "https://docs.sambanova.ai/docs/en/features/openai-compatibility",
  baseURL: "https://api.sambanova.ai/v1",
  baseURLVariables: ["SAMBANOVA_API_BASE"],
  keyVariables: ["SAMBANOVA_API_KEY"],
  keyURL: "https://cloud.sambanova.ai/apis",
  embeddingModel: "E5-Mistral-7B-Instruct",
  calls: ["embed", "listModels"],
  wire: { topK: true },
});
