import { defineHost, type HostAdapter } from "../define-host.js";

/** Xinference. */
export const xinference: HostAdapter = /* @__PURE__ */ defineHost({
  id: "xinference",
  name: "Xinference",
  docs: "https://inference.readthedocs.io/en/latest/",
  baseURL: "http://localhost:9997/v1",
  baseURLVariables: ["XINFERENCE_API_BASE"],
  keyVariables: ["XINFERENCE_API_KEY"],
  keyless: true,
  local: true,
  samePath: true,
  calls: ["embed", "listModels", "rerank", "transcribe", "speak", "generateImage"],
  wire: { topK: true },
});
