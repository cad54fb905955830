import type {
  EmbeddingModelV2,
  EmbeddingModelV3,
  EmbeddingModelV4,
  ImageModelV2,
  ImageModelV3,
  ImageModelV4,
  LanguageModelV2,
  LanguageModelV3,
  LanguageModelV4,
  RerankingModelV3,
  RerankingModelV4,
  SpeechModelV2,
  SpeechModelV3,
  SpeechModelV4,
  TranscriptionModelV2,
  TranscriptionModelV3,
  TranscriptionModelV4,
} from "@ai-sdk/provider";

/** The AI SDK's models, of every version of its specification that `ai` itself takes. */
export type AnyLanguageModel = LanguageModelV2 | LanguageModelV3 | LanguageModelV4;
export type AnyEmbeddingModel = EmbeddingModelV2<string> | EmbeddingModelV3 | EmbeddingModelV4;
export type AnyRerankingModel = RerankingModelV3 | RerankingModelV4;
export type AnyImageModel = ImageModelV2 | ImageModelV3 | ImageModelV4;
export type AnyTranscriptionModel = TranscriptionModelV2 | TranscriptionModelV3 | TranscriptionModelV4;
export type AnySpeechModel = SpeechModelV2 | SpeechModelV3 | SpeechModelV4;

/** A provider of the AI SDK (`createAcme(…)`, `customProvider(…)`), or any object with some of its methods. */
export interface AISDKProvider {
  languageModel?(modelId: string): AnyLanguageModel;
  embeddingModel?(modelId: string): AnyEmbeddingModel;
  /** As providers before `ai` 6 name it. */
  textEmbeddingModel?(modelId: string): AnyEmbeddingModel;
  rerankingModel?(modelId: string): AnyRerankingModel;
  imageModel?(modelId: string): AnyImageModel;
  transcriptionModel?(modelId: string): AnyTranscriptionModel;
  speechModel?(modelId: string): AnySpeechModel;
}
