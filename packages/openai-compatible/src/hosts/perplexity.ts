import { defineHost, type HostAdapter } from "../define-host.js";

/** Perplexity. */
export const perplexity: HostAdapter = /* @__PURE__ */ defineHost({
  id: "perplexity",
  name: "Perplexity",
  docs: "https://docs.perplexity.ai/api-reference/chat-completions-post",
  models: ["sonar", "sonar-*"],
  baseURL: "https://api.perplexity.ai",
  baseURLVariables: ["PERPLEXITY_API_BASE", "PERPLEXITY_BASE_URL"],
  keyVariables: ["PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"],
  keyURL: "https://www.perplexity.ai/account/api/keys",
  calls: [],
  wire: { topK: true },
  refuses: ["tools", "toolChoice", "parallelToolCalls", "seed"],
  thinkTags: "split",
  citations: true,
  cost: { usage: "cost.total_cost" },
});
