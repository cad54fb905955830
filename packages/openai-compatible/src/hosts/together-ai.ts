import { defineHost, type HostAdapter } from "../define-host.js";

/** Together AI. */
export const together: HostAdapter = /* @__PURE__ */ defineHost({
  id: "together_ai",
  name: "Together AI",
  docs: "https://docs.together.ai/docs/openai-api-compatibility",
  aliases: ["together"],
  baseURL: "https://api.together.xyz/v1",
  baseURLVariables: ["TOGETHER_AI_API_BASE", "TOGETHER_BASE_URL"],
  keyVariables: ["TOGETHER_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHERAI_API_KEY", "TOGETHER_AI_TOKEN"],
  keyURL: "https://api.together.ai/settings/api-keys",
  embeddingModel: "intfloat/multilingual-e5-large-instruct",
  calls: ["embed", "listModels", "rerank", "transcribe", "speak", "generateImage"],
  wire: { topK: true },
});
