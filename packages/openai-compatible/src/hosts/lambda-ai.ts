import { defineHost, type HostAdapter } from "../define-host.js";

/** Lambda. */
export const lambdaAI: HostAdapter = /* @__PURE__ */ defineHost({
  id: "lambda_ai",
  name: "Lambda",
  docs: "https://docs.lambda.ai/public-cloud/lambda-inference-api/",
  baseURL: "https://api.lambda.ai/v1",
  baseURLVariables: ["LAMBDA_API_BASE"],
  keyVariables: ["LAMBDA_API_KEY"],
  calls: ["listModels"],
});
