import type { ProviderOptions } from "@llmux/core";

/** Under which names options and metadata go. */
export interface Names {
  /** The adapter's id. */
  id: string;
  /** The AI SDK provider's own key in `providerOptions` and `providerMetadata`. */
  key: string;
  /** The model is one of llmux's own. */
  own: boolean;
}

const KEYS: Readonly<Record<string, string>> = { "amazon-bedrock": "bedrock" };

/** The key that an AI SDK provider reads its options from: by convention the first part of its models' `provider`. */
export function keyOf(provider: string): string {
  const first = provider.split(".")[0] as string;
  return KEYS[first] ?? first;
}

/** Options for the AI SDK: what is meant for the adapter goes to its provider; other namespaces stay as they are. */
export function toModelOptions(
  { id, key }: Names,
  ...layers: readonly (ProviderOptions | undefined)[]
): Record<string, never> | undefined {
  const merged: Record<string, object> = {};
  for (const layer of layers) {
    for (const [namespace, value] of Object.entries(layer ?? {})) {
      if (!value) continue;
      const target = namespace === id ? key : namespace;
      merged[target] = { ...merged[target], ...value };
    }
  }
  return Object.keys(merged).length > 0 ? (merged as Record<string, never>) : undefined;
}
