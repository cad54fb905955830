import { defineHost, type HostAdapter } from "../define-host.js";

/** LocalAI. */
export const localai: HostAdapter = /* @__PURE__ */ defineHost({
  id: "localai",
  name: "LocalAI",
  docs: "https://localai.io/features/",
  baseURL: "http://localhost:8080/v1",
  baseURLVariables: ["LOCALAI_API_BASE", "LOCALAI_BASE_URL"],
  keyVariables: ["LOCALAI_API_KEY"],
  keyless: true,
  local: true,
  samePath: true,
  calls: ["embed", "listModels", "rerank", "transcribe", "speak", "generateImage"],
  wire: { topK: true },
});
