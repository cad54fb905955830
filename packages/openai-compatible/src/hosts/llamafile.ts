import { defineHost, type HostAdapter } from "../define-host.js";

/** llamafile. */
export const llamafile: HostAdapter = /* @__PURE__ */ defineHost({
  id: "llamafile",
  name: "llamafile",
  docs: "https://github.com/mozilla-ai/llamafile",
  baseURL: "http://127.0.0.1:8080/v1",
  baseURLVariables: ["LLAMAFILE_API_BASE"],
  keyVariables: ["LLAMAFILE_API_KEY"],
  keyless: true,
  local: true,
  samePath: true,
  calls: ["embed", "listModels"],
  wire: { topK: true, reasoning: "reasoning_content" },
});
