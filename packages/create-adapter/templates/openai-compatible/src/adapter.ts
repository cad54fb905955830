import { defineHost, type HostAdapter } from "@llmux/openai-compatible";

// CHANGE: this row. The type `HostRow` says what else it can hold: names, refused parameters, forms of reasoning, metadata.

/** {{title}}. */
export const {{identifier}}: HostAdapter = defineHost({
  id: "{{id}}",
  name: "{{title}}",
  docs: "https://{{file}}.example/docs",
  baseURL: "https://api.{{file}}.example/v1",
  baseURLVariables: ["{{variable}}_BASE_URL"],
  keyVariables: ["{{variable}}_API_KEY"],
  keyURL: "https://{{file}}.example/keys",
  calls: ["embed", "listModels"],
  wire: { reasoning: "reasoning_content" },
});
