import { defineHost, type HostAdapter } from "../define-host.js";

/** Jan. */
export const jan: HostAdapter = /* @__PURE__ */ defineHost({
  id: "jan",
  name: "Jan",
  docs: "https://www.jan.ai/docs/desktop/api-server",
  baseURL: "http://localhost:1337/v1",
  baseURLVariables: ["JAN_API_BASE"],
  keyVariables: ["JAN_API_KEY"],
  keyless: true,
  local: true,
  samePath: true,
  calls: ["listModels"],
  wire: { topK: true, reasoning: "reasoning_content" },
});
