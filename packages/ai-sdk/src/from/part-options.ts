import type { AssistantPart, CacheHint, ProviderOptions, UserPart } from "@llmux/core";
import { LLMUX } from "../shared/llmux-facts.js";
import { type Names, toModelOptions } from "./names.js";

type Hinted = Partial<Pick<UserPart, "cache" | "providerOptions" | "providerMetadata">>;

/** A part's `providerOptions` for the AI SDK: its hints, what its maker said of it, and what the caller says. */
export function partOptions(
  part: Hinted & { type?: string },
  names: Names,
  own?: object,
): { providerOptions?: Record<string, never> } {
  const { cache, providerMetadata, providerOptions } = part;
  const { detail } = part as { detail?: string };
  const hints: ProviderOptions = {
    ...(own && { [names.key]: own }),
    ...(cache && cacheHint(cache, names.key)),
  };
  if (detail !== undefined) hints[names.key] = { ...hints[names.key], imageDetail: detail };
  const { [LLMUX]: _, ...metadata } = providerMetadata ?? {};
  const merged = toModelOptions(names, hints, metadata as ProviderOptions, providerOptions);
  return merged ? { providerOptions: merged } : {};
}

/** Only Anthropic's and Bedrock's providers cache on request; others have no such option and look past it. */
function cacheHint(cache: CacheHint, key: string): ProviderOptions {
  if (key === "bedrock") return { bedrock: { cachePoint: { type: "default" } } };
  return { [key]: { cacheControl: { type: "ephemeral", ...(cache !== true && { ttl: cache.ttl }) } } };
}

/** The seal of reasoning that another adapter got from the same provider, as the AI SDK's providers keep it. */
export function sealOf(part: Extract<AssistantPart, { type: "reasoning" }>, { id, key }: Names): object | undefined {
  const { signature, redacted, providerMetadata } = part;
  if (providerMetadata?.[key] ?? providerMetadata?.[id]) return undefined;
  if (redacted !== undefined) return { redactedData: redacted };
  return signature === undefined ? undefined : { signature };
}
