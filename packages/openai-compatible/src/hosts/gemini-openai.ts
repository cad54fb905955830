import { defineHost, type HostAdapter } from "../define-host.js";

/** Gemini, by its OpenAI-compatible API. */
export const geminiOpenAI: HostAdapter = /* @__PURE__ */ defineHost({
  id: "gemini_openai",
  name: "Gemini, by its OpenAI-compatible API",
  docs: "https://ai.google.dev/gemini-api/docs/openai",
  aliases: ["gemini-openai"],
  baseURL: "https://generativelanguage.googleapis.com/v1beta/openai",
  keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
  keyURL: "https://aistudio.google.com/apikey",
  embeddingModel: "gemini-embedding-001",
  calls: ["embed", "listModels", "generateImage"],
  metadata: { message: ["extra_content"] },
});
