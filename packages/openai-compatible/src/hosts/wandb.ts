import { defineHost, type HostAdapter } from "../define-host.js";

/** W&B Inference. */
export const wandb: HostAdapter = /* @__PURE__ */ defineHost({
  id: "wandb",
  name: "W&B Inference",
  docs: "https://docs.wandb.ai/inference",
  baseURL: "https://api.inference.wandb.ai/v1",
  baseURLVariables: ["WANDB_API_BASE"],
  keyVariables: ["WANDB_API_KEY"],
  keyURL: "https://wandb.ai/authorize",
  calls: ["listModels"],
});
