import { defineHost, type HostAdapter } from "../define-host.js";

/** IBM watsonx.ai model gateway. */
export const watsonx: HostAdapter<"region"> = /* @__PURE__ */ defineHost({
  id: "watsonx",
  name: "IBM watsonx.ai model gateway",
  docs: "https://dataplatform.cloud.ibm.com/docs/content/wsj/analyze-data/fm-model-gateway.html",
  baseURL: "https://{region}.ml.cloud.ibm.com/ml/gateway/v1",
  settings: {
    region: { variables: ["WATSONX_REGION"], description: "a region of IBM Cloud", default: "us-south" },
  },
  // A bearer token of IAM's: the exchange of an API key for one is not made here.
  keyVariables: ["WATSONX_TOKEN"],
  keyURL: "https://cloud.ibm.com/docs/account?topic=account-iamtoken_from_apikey",
  calls: ["embed", "listModels"],
});
