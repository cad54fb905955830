import type { LanguageModelV4ResponseMetadata, SharedV4ProviderMetadata } from "@ai-sdk/provider";
import type { ProviderMetadata, ResponseInfo } from "@llmux/core";
import { withFacts } from "../shared/llmux-facts.js";

/** The metadata of an answer, with who gave it: behind a backend may stand several. */
export function answeredBy(
  metadata: ProviderMetadata | undefined,
  provider: string,
  model: string,
  { requestId }: ResponseInfo,
): { providerMetadata?: SharedV4ProviderMetadata } {
  return withFacts(metadata, { provider, model, requestId });
}

export function responseMetadata({ id, createdAt, model }: ResponseInfo): LanguageModelV4ResponseMetadata {
  return {
    ...(id !== undefined && { id }),
    ...(createdAt && { timestamp: createdAt }),
    ...(model !== undefined && { modelId: model }),
  };
}
