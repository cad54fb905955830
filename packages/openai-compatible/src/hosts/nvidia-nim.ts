import { defineHost, type HostAdapter } from "../define-host.js";

/** NVIDIA NIM. */
export const nvidiaNim: HostAdapter = /* @__PURE__ */ defineHost({
  id: "nvidia_nim",
  name: "NVIDIA NIM",
  docs: "https://docs.api.nvidia.com/nim/reference/llm-apis",
  aliases: ["nvidia"],
  baseURL: "https://integrate.api.nvidia.com/v1",
  baseURLVariables: ["NVIDIA_NIM_API_BASE"],
  keyVariables: ["NVIDIA_NIM_API_KEY", "NVIDIA_API_KEY"],
  keyURL: "https://build.nvidia.com",
  embeddingModel: "nvidia/nv-embedqa-e5-v5",
  calls: ["embed", "listModels"],
});
