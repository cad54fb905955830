import { type AdapterFactory, defineAdapter } from "@llmux/core/adapter";
import { referenceBackend } from "./backend.js";

/** What the application says. */
export interface ReferenceConfig {
  /** From `REFERENCE_API_KEY`. */
  apiKey?: string | undefined;
  /** From `REFERENCE_BASE_URL`. Default `https://api.reference.invalid/v1`. */
  baseURL?: string | undefined;
}

/** An adapter on plain `fetch`, for a host that speaks OpenAI's Chat Completions. */
export const reference: AdapterFactory<ReferenceConfig> = defineAdapter<ReferenceConfig>({
  id: "reference",
  name: "Reference",
  aliases: ["ref"],
  models: ["reference-*"],
  env: {
    apiKey: { variables: ["REFERENCE_API_KEY"], secret: true, description: "an API key" },
    baseURL: { variables: ["REFERENCE_BASE_URL"], type: "url", description: "a URL such as https://…/v1" },
  },
  required: () => ["apiKey"],
  createBackend: referenceBackend,
});
