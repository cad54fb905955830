import { defineHost, type HostAdapter } from "../define-host.js";

/** Hugging Face Inference Providers. */
export const huggingface: HostAdapter = /* @__PURE__ */ defineHost({
  id: "huggingface",
  name: "Hugging Face Inference Providers",
  docs: "https://huggingface.co/docs/inference-providers",
  aliases: ["hf"],
  baseURL: "https://router.huggingface.co/v1",
  baseURLVariables: ["HF_API_BASE", "HUGGINGFACE_API_BASE"],
  keyVariables: ["HF_TOKEN", "HUGGINGFACE_API_KEY"],
  keyURL: "https://huggingface.co/settings/tokens",
  calls: ["listModels"],
  // litellm's way of naming a provider, `together/org/model`, and the router's, `org/model:together`.
  model: [/^([^/]+)\/([^/]+\/[^/]+)$/, "$2:$1"],
});
