import type { AdapterName } from "./model-name.js";

/** An adapter of this repository, as far as it can be told without loading it. */
export interface KnownAdapter extends AdapterName {
  readonly package: string;
}

/** Generated from the packages by `scripts/known-adapters.mjs`; a test fails when they differ. */
export const KNOWN_ADAPTERS: readonly KnownAdapter[] = [
  {
    package: "@llmux/anthropic",
    id: "anthropic",
    aliases: ["claude"],
    models: ["claude-*"],
  },
  {
    package: "@llmux/azure",
    id: "azure",
    aliases: ["azure-openai", "azure_openai", "azureopenai"],
    models: [],
  },
  {
    package: "@llmux/ollama",
    id: "ollama",
    aliases: ["ollama_chat", "local"],
    models: [],
  },
  {
    package: "@llmux/openai",
    id: "openai",
    aliases: [],
    models: ["gpt-*", "chatgpt-*", "o1*", "o3*", "o4*", "codex-*", "computer-use-*", "text-embedding-*", "ft:*"],
  },
];
