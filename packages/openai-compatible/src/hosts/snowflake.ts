import { defineHost, type HostAdapter } from "../define-host.js";

/** Snowflake Cortex. */
export const snowflake: HostAdapter<"accountId"> = /* @__PURE__ */ defineHost({
  id: "snowflake",
  name: "Snowflake Cortex",
  docs: "https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api",
  aliases: ["snowflake_cortex"],
  baseURL: "https://{accountId}.snowflakecomputing.com/api/v2/cortex/v1",
  settings: {
    accountId: {
      variables: ["SNOWFLAKE_ACCOUNT_ID", "SNOWFLAKE_ACCOUNT"],
      description: "an account identifier, such as myorg-myaccount",
    },
  },
  keyVariables: ["SNOWFLAKE_JWT", "SNOWFLAKE_API_KEY", "SNOWFLAKE_TOKEN"],
  calls: [],
  wire: { cacheControl: true, maxTokens: "max_completion_tokens" },
  reasoning: "reasoning",
  reasoningBudget: true,
});
