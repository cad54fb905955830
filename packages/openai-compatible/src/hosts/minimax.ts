import { defineHost, type HostAdapter } from "../define-host.js";

/** MiniMax. */
export const minimax: HostAdapter = /* @__PURE__ */ defineHost({
  id: "minimax",
  name: "MiniMax",
  docs: "https://platform.minimax.io/docs/api-reference/text-openai-api",
  baseURL: "https://api.minimax.io/v1",
  keyVariables: ["MINIMAX_API_KEY"],
  keyURL: "https://platform.minimax.io/user-center/basic-information/interface-key",
  calls: [],
  wire: { maxTokens: "max_completion_tokens" },
  refuses: ["frequencyPenalty", "presencePenalty", "seed", "parallelToolCalls"],
  reasoning: "none",
  jsonObjectOnly: true,
  thinkTags: "return",
});
