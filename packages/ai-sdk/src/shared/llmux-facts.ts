import type { SharedV4ProviderMetadata } from "@ai-sdk/provider";
import type { Citation, ProviderMetadata, Warning } from "@llmux/core";

/** The key of the AI SDK's provider metadata under which stands what the AI SDK has no word for. */
export const LLMUX = "llmux";

/** What is kept there of a part, so that it comes back with the conversation. Plain JSON. */
export interface PartFacts {
  signature?: string;
  redacted?: string;
  id?: string;
  /** The adapter whose seal the reasoning bears. */
  provider?: string;
  /** The text is a refusal. */
  refusal?: true;
  citations?: readonly Citation[];
  transcript?: string;
  filename?: string;
  /** Of an answer: what was learnt after its start. */
  warnings?: readonly Warning[];
  /** The part itself, where it is none of the AI SDK's kinds. */
  part?: unknown;
}

/** A part's provider metadata with llmux's facts among it; `undefined` where there is neither. */
export function withFacts(
  metadata: ProviderMetadata | undefined,
  facts: object,
): { providerMetadata?: SharedV4ProviderMetadata } {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  if (known.length === 0 && !metadata) return {};
  return {
    providerMetadata: {
      ...metadata,
      ...(known.length > 0 && { [LLMUX]: Object.fromEntries(known) }),
    } as SharedV4ProviderMetadata,
  };
}

/** Takes apart what {@link withFacts} has put together. */
export function splitFacts(metadata: object | undefined): { facts: PartFacts; metadata: ProviderMetadata | undefined } {
  const { [LLMUX]: facts, ...rest } = (metadata ?? {}) as ProviderMetadata;
  return {
    facts: (facts ?? {}) as PartFacts,
    metadata: Object.keys(rest).length > 0 ? rest : undefined,
  };
}
