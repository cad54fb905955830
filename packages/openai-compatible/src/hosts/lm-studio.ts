import { defineHost, type HostAdapter } from "../define-host.js";

/** LM Studio. */
export const lmStudio: HostAdapter = /* @__PURE__ */ defineHost({
  id: "lm_studio",
  name: "LM Studio",
  docs: "https://lmstudio.ai/docs/developer/openai-compat",
  aliases: ["lmstudio"],
  baseURL: "http://localhost:1234/v1",
  baseURLVariables: ["LM_STUDIO_API_BASE"],
  keyVariables: ["LM_STUDIO_API_KEY"],
  keyless: true,
  local: true,
  samePath: true,
  calls: ["embed", "listModels"],
  responses: true,
  wire: { topK: true, reasoning: "reasoning_content" },
});
