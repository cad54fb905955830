import { defineHost, type HostAdapter } from "../define-host.js";

/** IBM watsonx.ai, by its model gateway. */
export const watsonx: HostAdapter<"region"> = /* @__PURE__ */ defineHost({
  id: "watsonx",
  name: "IBM watsonx.ai model gateway",
  docs: "https://www.ibm.com/docs/en/watsonx/saas?topic=generation-inferencing-gateway-models",
  baseURL: "https://{region}.ml.cloud.ibm.com/ml/gateway/v1",
  baseURLVariables: ["WATSONX_URL", "WATSONX_API_BASE"],
  samePath: true,
  settings: {
    region: { variables: ["WATSONX_REGION"], description: "a region of IBM Cloud", default: "us-south" },
  },
  keyVariables: ["WATSONX_TOKEN", "WATSONX_APIKEY", "WATSONX_API_KEY"],
  keyURL: "https://cloud.ibm.com/iam/apikeys",
  auth: "ibm-iam",
  calls: ["embed", "listModels"],
});
