import type {
  CountTokensRequest,
  CountTokensResult,
  EmbedRequest,
  EmbedResult,
  GenerateRequest,
  GenerateResult,
  ModerateRequest,
  ModerateResult,
  RerankRequest,
  RerankResult,
} from "@llmux/core";

/** What each call is asked and answers, of those whose answers are kept. */
interface Calls {
  generate: [GenerateRequest, GenerateResult];
  embed: [EmbedRequest, EmbedResult];
  rerank: [RerankRequest, RerankResult];
  moderate: [ModerateRequest, ModerateResult];
  countTokens: [CountTokensRequest, CountTokensResult];
}

/** The calls whose answers are kept; `stream` is one with `generate`. */
export type CachedCall = keyof Calls;
/** A request of any of them. */
export type CacheableRequest = Calls[CachedCall][0];
export type CacheableAnswer = Calls[CachedCall][1];

const CACHED: Readonly<Record<CachedCall, true>> = {
  generate: true,
  embed: true,
  rerank: true,
  moderate: true,
  countTokens: true,
};

export function isCachedCall(name: string): name is CachedCall {
  return Object.hasOwn(CACHED, name);
}
