import { type AdapterFactory, defineAdapter } from "@llmux/core/adapter";
import { createBackend } from "./backend.js";
import type { {{type}}Config } from "./config.js";

/** {{title}}. */
export const {{identifier}}: AdapterFactory<{{type}}Config> = defineAdapter({
  id: "{{id}}",
  name: "{{title}}",
  // Of core: a core that has another says so, instead of failing somewhere.
  contract: 1,
  // CHANGE: the provider's usual variables, and where a key is to be had.
  env: {
    apiKey: {
      variables: ["{{variable}}_API_KEY"],
      secret: true,
      description: "a key from https://{{file}}.example/keys",
    },
    baseURL: {
      variables: ["{{variable}}_BASE_URL"],
      type: "url",
      description: "a URL such as https://api.{{file}}.example/v1",
    },
  },
  required: ({ client }) => (client ? [] : ["apiKey"]),
  createBackend,
});
