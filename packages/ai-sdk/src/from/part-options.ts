import type { AssistantPart, CacheHint, ProviderOptions, UserPart } from "@llmux/core";
import { defined } from "../shared/defined.js";
import { LLMUX, type PartFacts } from "../shared/llmux-facts.js";
import { type Names, toModelOptions } from "./names.js";

type Hinted = Partial<Pick<UserPart, "cache" | "providerOptions" | "providerMetadata">>;

/** A part's `providerOptions` for the AI SDK: its hints, what its maker said of it, and what the caller says. */
export function partOptions(
  part: Hinted & { type?: string },
  names: Names,
  own?: object,
  facts?: PartFacts,
): { providerOptions?: Record<string, never> } {
  const { cache, providerMetadata, providerOptions } = part;
  const { detail } = part as { detail?: string };
  const hints: ProviderOptions = {
    ...(own && { [names.key]: own }),
    ...(cache && cacheHint(cache, names.key)),
  };
  if (detail !== undefined) hints[names.key] = { ...hints[names.key], imageDetail: detail };
  const { [LLMUX]: _, ...metadata } = providerMetadata ?? {};
  if (names.own && facts) hints[LLMUX] = facts;
  const merged = toModelOptions(names, hints, metadata as ProviderOptions, providerOptions);
  return merged ? { providerOptions: merged } : {};
}

/** Only Anthropic's and Bedrock's providers cache on request; others have no such option and look past it. */
function cacheHint(cache: CacheHint, key: string): ProviderOptions {
  if (key === "bedrock") return { bedrock: { cachePoint: { type: "default" } } };
  return { [key]: { cacheControl: { type: "ephemeral", ...(cache !== true && { ttl: cache.ttl }) } } };
}

type Reasoning = Extract<AssistantPart, { type: "reasoning" }>;

/** Reasoning's `providerOptions`, its seal among them. */
export function reasoningOptions(part: Reasoning, names: Names): ReturnType<typeof partOptions> {
  const { signature, redacted, id } = part;
  const facts = { signature, redacted, id };
  const sealed = Object.values(facts).some((fact) => fact !== undefined);
  return partOptions(part, names, sealOf(part, names), sealed ? (defined(facts) as PartFacts) : undefined);
}

/** The seal that another adapter got from the same provider, as the AI SDK's providers keep it. */
function sealOf({ signature, redacted, providerMetadata }: Reasoning, { id, key, own }: Names): object | undefined {
  if (own || (providerMetadata?.[key] ?? providerMetadata?.[id])) return undefined;
  if (redacted !== undefined) return { redactedData: redacted };
  return signature === undefined ? undefined : { signature };
}
