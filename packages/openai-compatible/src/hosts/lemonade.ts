import { defineHost, type HostAdapter } from "../define-host.js";

/** Lemonade Server. */
export const lemonade: HostAdapter = /* @__PURE__ */ defineHost({
  id: "lemonade",
  name: "Lemonade Server",
  docs: "https://lemonade-server.ai/docs/server/server_spec/",
  baseURL: "http://localhost:8000/api/v1",
  baseURLVariables: ["LEMONADE_API_BASE"],
  keyVariables: ["LEMONADE_API_KEY"],
  keyless: true,
  local: true,
  samePath: true,
  calls: ["embed", "listModels", "rerank", "transcribe"],
  responses: true,
  wire: { topK: true, reasoning: "reasoning_content", chatTools: true },
});
