import { defineHost, type HostAdapter } from "../define-host.js";

/** CometAPI. */
export const cometapi: HostAdapter = /* @__PURE__ */ defineHost({
  id: "cometapi",
  name: "CometAPI",
  docs: "https://api.cometapi.com/doc",
  baseURL: "https://api.cometapi.com/v1",
  baseURLVariables: ["COMETAPI_API_BASE", "COMETAPI_BASE_URL"],
  keyVariables: ["COMETAPI_KEY", "COMETAPI_API_KEY"],
  calls: ["embed", "listModels"],
});
