import type { AdapterName } from "./model-name.js";

/** An adapter of this repository, as far as it can be told without loading it. */
export interface KnownAdapter extends AdapterName {
  readonly package: string;
}

/** Package, id, aliases, bare model names. */
type Row = readonly [string, string, readonly string[], readonly string[]];

// biome-ignore format: a row a line, as the script writes it.
/**
 * Generated from the packages by `scripts/known-adapters.mjs`; a test fails when they differ. Where several packages have one
 * prefix, the first that is installed is taken.
 */
const ROWS: readonly Row[] = [
  ["@llmux/anthropic", "anthropic", ["claude"], ["claude-*"]],
  ["@llmux/azure", "azure", ["azure-openai", "azure_openai", "azureopenai"], []],
  ["@llmux/ollama", "ollama", ["ollama_chat", "local"], []],
  ["@llmux/openai", "openai", [], ["gpt-*", "chatgpt-*", "o1*", "o3*", "o4*", "codex-*", "computer-use-*", "text-embedding-*", "ft:*"]],
];

export const KNOWN_ADAPTERS: readonly KnownAdapter[] = ROWS.map(([name, id, aliases, models]) => ({
  package: name,
  id,
  aliases,
  models,
}));
