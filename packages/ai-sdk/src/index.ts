/**
 * `@llmux/ai-sdk`: the bridge between llmux and the Vercel AI SDK, in both directions.
 */
export { type FromAISDKOptions, fromAISDK } from "./from/from-ai-sdk.js";
export type {
  AISDKProvider,
  AnyEmbeddingModel,
  AnyImageModel,
  AnyLanguageModel,
  AnyRerankingModel,
  AnySpeechModel,
  AnyTranscriptionModel,
} from "./from/models.js";
export type { LLMuxOptions, ToAISDKOptions } from "./to/settings.js";
export { type LLMuxProvider, toAISDK } from "./to/to-ai-sdk.js";
