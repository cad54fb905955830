import { defineHost, type HostAdapter } from "../define-host.js";

/** DigitalOcean Gradient AI. */
export const gradientAI: HostAdapter = /* @__PURE__ */ defineHost({
  id: "gradient_ai",
  name: "DigitalOcean Gradient AI",
  docs: "https://docs.digitalocean.com/products/gradient-ai-platform/how-to/use-serverless-inference/",
  baseURL: "https://inference.do-ai.run/v1",
  baseURLVariables: ["GRADIENT_AI_API_BASE"],
  keyVariables: ["GRADIENT_AI_API_KEY"],
  calls: ["listModels"],
});
