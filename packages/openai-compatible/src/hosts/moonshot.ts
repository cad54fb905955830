import { defineHost, type HostAdapter } from "../define-host.js";

/** Moonshot AI. */
export const moonshot: HostAdapter = /* @__PURE__ */ defineHost({
  id: "moonshot",
  name: "Moonshot AI",
  docs: "https://platform.moonshot.ai/docs/api/chat",
  aliases: ["kimi"],
  models: ["kimi-*", "moonshot-*"],
  baseURL: "https://api.moonshot.ai/v1",
  baseURLVariables: ["MOONSHOT_API_BASE", "MOONSHOT_BASE_URL"],
  keyVariables: ["MOONSHOT_API_KEY", "KIMI_API_KEY"],
  keyURL: "https://platform.moonshot.ai/console/api-keys",
  calls: ["listModels"],
  wire: { maxTokens: "max_completion_tokens", reasoning: "reasoning_content" },
  // Kimi K2 knows only whether, K3 how much.
  reasoning: "thinking_and_effort",
});
