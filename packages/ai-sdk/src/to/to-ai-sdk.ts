import {
  type EmbeddingModelV4,
  type ImageModelV4,
  type LanguageModelV4,
  NoSuchModelError,
  type ProviderV4,
  type RerankingModelV4,
  type SpeechModelV4,
  type TranscriptionModelV4,
} from "@ai-sdk/provider";
import type { LLMBackend } from "@llmux/core";
import { languageModel } from "./language-model.js";
import { embeddingModel, imageModel, rerankingModel, speechModel, transcriptionModel } from "./other-models.js";
import type { Setting, ToAISDKOptions } from "./settings.js";

/** A backend as a provider of the AI SDK; called with a model's name, it gives the language model. */
export interface LLMuxProvider extends ProviderV4 {
  (modelId: string): LanguageModelV4;
  languageModel(modelId: string): LanguageModelV4;
  embeddingModel(modelId: string): EmbeddingModelV4;
  /** As AI SDK 5 named it. */
  textEmbeddingModel(modelId: string): EmbeddingModelV4;
  imageModel(modelId: string): ImageModelV4;
  transcriptionModel(modelId: string): TranscriptionModelV4;
  speechModel(modelId: string): SpeechModelV4;
  rerankingModel(modelId: string): RerankingModelV4;
}

/**
 * A backend as a provider of the Vercel AI SDK, for `generateText`, `streamText`, `embed`, agents and whatever else takes its models.
 * Models are named as the backend names them: `prefix/model` for one of `createLLM`.
 *
 * The backend's own policy retries; call the AI SDK with `maxRetries: 0`. Failures come as `APICallError` with `isRetryable: false`, the
 * `LLMError` as their `cause`; an abort as the AI SDK's own.
 *
 * ```ts
 * const models = toAISDK(await fromEnv());
 * const { text } = await generateText({ model: models("openai/gpt-4o"), prompt: "Why is the sky blue?", maxRetries: 0 });
 * ```
 */
export function toAISDK(backend: LLMBackend, options: ToAISDKOptions = {}): LLMuxProvider {
  const setting: Setting = { ...options, backend, provider: options.provider ?? backend.provider };
  const language = (modelId: string): LanguageModelV4 => languageModel(setting, modelId);
  const embedding = (modelId: string): EmbeddingModelV4 =>
    embeddingModel(setting, modelId, has(backend, "embed", modelId, "embeddingModel"));
  return Object.assign((modelId: string) => language(modelId), {
    specificationVersion: "v4" as const,
    languageModel: language,
    embeddingModel: embedding,
    textEmbeddingModel: embedding,
    imageModel: (modelId: string) => imageModel(setting, modelId, has(backend, "generateImage", modelId, "imageModel")),
    transcriptionModel: (modelId: string) =>
      transcriptionModel(setting, modelId, has(backend, "transcribe", modelId, "transcriptionModel")),
    speechModel: (modelId: string) => speechModel(setting, modelId, has(backend, "speak", modelId, "speechModel")),
    rerankingModel: (modelId: string) =>
      rerankingModel(setting, modelId, has(backend, "rerank", modelId, "rerankingModel")),
  });
}

/** One of the calls that not every backend has. */
function has<Call extends "embed" | "generateImage" | "transcribe" | "speak" | "rerank">(
  backend: LLMBackend,
  call: Call,
  modelId: string,
  modelType: ConstructorParameters<typeof NoSuchModelError>[0]["modelType"],
): NonNullable<LLMBackend[Call]> {
  const method = backend[call] as NonNullable<LLMBackend[Call]> | undefined;
  if (method) return (method as (...args: never[]) => unknown).bind(backend) as NonNullable<LLMBackend[Call]>;
  const message = `No such ${modelType}: ${modelId}. The backend "${backend.provider}" has no ${call}`;
  throw new NoSuchModelError({ modelId, modelType, message });
}
