import { defineHost, type HostAdapter } from "../define-host.js";

/** Fireworks AI. */
export const fireworks: HostAdapter = /* @__PURE__ */ defineHost({
  id: "fireworks_ai",
  name: "Fireworks AI",
  docs: "https://docs.fireworks.ai/tools-sdks/openai-compatibility",
  aliases: ["fireworks"],
  baseURL: "https://api.fireworks.ai/inference/v1",
  baseURLVariables: ["FIREWORKS_API_BASE", "FIREWORKS_BASE_URL"],
  keyVariables: ["FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"],
  keyURL: "https://app.fireworks.ai/settings/users/api-keys",
  embeddingModel: "nomic-ai/nomic-embed-text-v1.5",
  calls: ["embed", "listModels", "rerank"],
  responses: true,
  // A short name is that of a model of Fireworks' own account.
  model: [/^(?!.*[/#])(.+)$/, "accounts/fireworks/models/$1"],
  wire: { topK: true, reasoning: "reasoning_content", chatTools: true },
});
