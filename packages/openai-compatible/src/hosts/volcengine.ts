import { defineHost, type HostAdapter } from "../define-host.js";

/** Volcengine Ark. */
export const volcengine: HostAdapter = /* @__PURE__ */ defineHost({
  id: "volcengine",
  name: "Volcengine Ark",
  docs: "https://www.volcengine.com/docs/82379",
  baseURL: "https://ark.cn-beijing.volces.com/api/v3",
  baseURLVariables: ["VOLCENGINE_API_BASE", "ARK_API_BASE"],
  keyVariables: ["VOLCENGINE_API_KEY", "ARK_API_KEY"],
  keyURL: "https://console.volcengine.com/ark",
  calls: ["embed"],
  responses: true,
  wire: { reasoning: "reasoning_content", chatTools: true },
  reasoning: "thinking",
});
