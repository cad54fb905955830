import { defineHost, type HostAdapter } from "../define-host.js";

/** Groq. */
export const groq: HostAdapter = /* @__PURE__ */ defineHost({
  id: "groq",
  name: "Groq",
  docs: "https://console.groq.com/docs/openai",
  baseURL: "https://api.groq.com/openai/v1",
  baseURLVariables: ["GROQ_API_BASE", "GROQ_BASE_URL"],
  keyVariables: ["GROQ_API_KEY"],
  keyURL: "https://console.groq.com/keys",
  calls: ["listModels", "transcribe", "speak"],
  responses: true,
  wire: {
    maxTokens: "max_completion_tokens",
    reasoning: "reasoning",
    chatTools: true,
  },
  refuses: ["messages.name"],
  metadata: { body: ["x_groq", "usage_breakdown"], latest: ["usage_breakdown"] },
});
