import { defineHost, type HostAdapter } from "../define-host.js";

/** Databricks. */
export const databricks: HostAdapter<"host"> = /* @__PURE__ */ defineHost({
  id: "databricks",
  name: "Databricks",
  docs: "https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference",
  baseURL: "https://{host}/serving-endpoints",
  baseURLVariables: ["DATABRICKS_API_BASE"],
  settings: {
    host: {
      variables: ["DATABRICKS_HOST"],
      description: "a workspace, such as https://dbc-a1b2345c.cloud.databricks.com",
    },
  },
  keyVariables: ["DATABRICKS_API_KEY", "DATABRICKS_TOKEN"],
  embeddingModel: "databricks-gte-large-en",
  calls: ["embed"],
  wire: { cacheControl: true, topK: true },
});
