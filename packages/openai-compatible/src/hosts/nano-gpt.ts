import { defineHost, type HostAdapter } from "../define-host.js";

/** NanoGPT. */
export const nanoGPT: HostAdapter = /* @__PURE__ */ defineHost({
  id: "nano-gpt",
  name: "NanoGPT",
  docs: "https://docs.nano-gpt.com",
  baseURL: "https://nano-gpt.com/api/v1",
  baseURLVariables: ["NANOGPT_API_BASE"],
  keyVariables: ["NANOGPT_API_KEY"],
  calls: ["embed", "listModels"],
});
