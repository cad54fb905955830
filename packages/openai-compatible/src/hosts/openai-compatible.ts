import { defineHost, type HostAdapter } from "../define-host.js";

/** Any server that speaks OpenAI's wire format: `openai_compatible/model`, with `LLM_BASE_URL`. */
export const openaiCompatible: HostAdapter = /* @__PURE__ */ defineHost({
  id: "openai_compatible",
  name: "An OpenAI-compatible server",
  docs: "https://developers.openai.com/api/reference/resources/chat",
  aliases: ["openai-compatible", "openai_like", "custom_openai"],
  baseURLVariables: ["OPENAI_LIKE_API_BASE"],
  keyVariables: ["OPENAI_LIKE_API_KEY"],
  keyless: true,
  calls: ["embed", "listModels", "rerank", "transcribe", "speak", "generateImage", "moderate"],
  responses: true,
  wire: { topK: true, reasoning: "reasoning_content", chatTools: true },
});
