import { defineHost, type HostAdapter } from "../define-host.js";

/** Public AI. */
export const publicai: HostAdapter = /* @__PURE__ */ defineHost({
  id: "publicai",
  name: "Public AI",
  docs: "https://platform.publicai.co/docs",
  baseURL: "https://api.publicai.co/v1",
  baseURLVariables: ["PUBLICAI_API_BASE"],
  keyVariables: ["PUBLICAI_API_KEY"],
  calls: ["listModels"],
  plainText: true,
});
