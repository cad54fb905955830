import type {
  EmbeddingModelV4,
  ImageModelV4,
  ImageModelV4File,
  JSONObject,
  RerankingModelV4,
  SpeechModelV4,
  TranscriptionModelV4,
} from "@ai-sdk/provider";
import type { GeneratedImage, LLMBackend, MediaData, ResponseInfo, TimedText } from "@llmux/core";
import { defined } from "../shared/defined.js";
import { markOwn } from "../shared/own-model.js";
import { toModelWarning } from "../shared/warnings.js";
import { answeredBy, responseMetadata } from "./response.js";
import { type Setting, sharedOptions } from "./settings.js";
import { toAPICallError } from "./to-api-error.js";

type Method<Call extends keyof LLMBackend> = NonNullable<LLMBackend[Call]>;

/** Makes a call; its failure as the AI SDK knows it. */
async function call<T>(run: () => Promise<T>, abortSignal: AbortSignal | undefined): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toAPICallError(error, abortSignal);
  }
}

const headersOf = ({ headers }: ResponseInfo): { headers?: Record<string, string> } =>
  headers ? { headers: { ...headers } } : {};

/** The AI SDK wants to know when, and from which model, the answer came: where it does not say, now and from the one asked for. */
const exchange = (response: ResponseInfo, modelId: string): { timestamp: Date; modelId: string } => ({
  timestamp: response.createdAt ?? new Date(),
  modelId: response.model ?? modelId,
});

export function embeddingModel(setting: Setting, modelId: string, embed: Method<"embed">): EmbeddingModelV4 {
  return markOwn({
    specificationVersion: "v4",
    provider: setting.provider,
    modelId,
    maxEmbeddingsPerCall: setting.maxEmbeddingsPerCall ?? Number.POSITIVE_INFINITY,
    supportsParallelCalls: true,
    async doEmbed(options) {
      const { shared, llmux } = sharedOptions(options, setting);
      const { values, dimensions, abortSignal } = options;
      const request = defined({ ...shared, model: modelId, values, dimensions, user: llmux.user });
      const result = await call(() => embed(request), abortSignal);
      const { total } = result.usage.inputTokens;
      return {
        embeddings: result.embeddings.map((vector) => Array.from(vector)),
        ...(total !== undefined && { usage: { tokens: total } }),
        ...answeredBy(undefined, result.provider, result.model, result.response),
        response: headersOf(result.response),
        warnings: result.warnings.map(toModelWarning),
      };
    },
  });
}

export function rerankingModel(setting: Setting, modelId: string, rerank: Method<"rerank">): RerankingModelV4 {
  return markOwn({
    specificationVersion: "v4",
    provider: setting.provider,
    modelId,
    async doRerank(options) {
      const { shared } = sharedOptions(options, setting);
      const { query, documents, topN, abortSignal } = options;
      const texts =
        documents.type === "text" ? documents.values : documents.values.map((value) => JSON.stringify(value));
      const request = defined({ ...shared, model: modelId, query, documents: texts, topN });
      const { ranking, provider, model, response, warnings } = await call(() => rerank(request), abortSignal);
      return {
        ranking: ranking.map(({ index, score }) => ({ index, relevanceScore: score })),
        ...answeredBy(undefined, provider, model, response),
        response: { ...responseMetadata(response), ...headersOf(response) },
        warnings: warnings.map(toModelWarning),
      };
    },
  });
}

export function imageModel(setting: Setting, modelId: string, generateImage: Method<"generateImage">): ImageModelV4 {
  return markOwn({
    specificationVersion: "v4",
    provider: setting.provider,
    modelId,
    maxImagesPerCall: setting.maxImagesPerCall ?? 10,
    async doGenerate(options) {
      const { shared, llmux } = sharedOptions(options, setting);
      const { prompt = "", n, size, aspectRatio, seed, files, mask, abortSignal } = options;
      const images = files?.map(fromImageFile);
      const rest = { images, mask: mask && fromImageFile(mask), user: llmux.user };
      const request = defined({ ...shared, model: modelId, prompt, n, size, aspectRatio, seed, ...rest });
      const result = await call(() => generateImage(request), abortSignal);
      const { inputTokens, outputTokens } = result.usage;
      const facts = result.images.map(({ revisedPrompt, mediaType }) => defined({ revisedPrompt, mediaType }));
      return {
        images: await Promise.all(result.images.map((image) => bytesOf(image, abortSignal))),
        providerMetadata: { llmux: { provider: result.provider, model: result.model, images: facts as never } },
        usage: {
          inputTokens: inputTokens.total,
          outputTokens: outputTokens.total,
          totalTokens:
            inputTokens.total === undefined || outputTokens.total === undefined
              ? undefined
              : inputTokens.total + outputTokens.total,
        },
        response: { ...exchange(result.response, modelId), headers: headersOf(result.response).headers },
        warnings: result.warnings.map(toModelWarning),
      };
    },
  });
}

function fromImageFile(file: ImageModelV4File): MediaData {
  return file.type === "url" ? file.url : file.data;
}

/** The AI SDK's images are bytes: where the provider keeps them, they are fetched. */
async function bytesOf({ data, url }: GeneratedImage, signal: AbortSignal | undefined): Promise<Uint8Array> {
  if (data) return data;
  const response = await fetch(url as string, signal ? { signal } : {});
  if (!response.ok) throw new Error(`The image at ${url} can't be fetched: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

export function speechModel(setting: Setting, modelId: string, speak: Method<"speak">): SpeechModelV4 {
  return markOwn({
    specificationVersion: "v4",
    provider: setting.provider,
    modelId,
    async doGenerate(options) {
      const { shared } = sharedOptions(options, setting);
      const { text, voice, outputFormat: format, instructions, speed, language, abortSignal } = options;
      const request = defined({ ...shared, model: modelId, text, voice, format, instructions, speed, language });
      const { audio, usage, response, warnings, provider, model } = await call(() => speak(request), abortSignal);
      return {
        audio,
        ...(usage.raw !== undefined && { usage: usage.raw as JSONObject }),
        ...answeredBy(undefined, provider, model, response),
        response: { ...exchange(response, modelId), ...headersOf(response) },
        warnings: warnings.map(toModelWarning),
      };
    },
  });
}

export function transcriptionModel(
  setting: Setting,
  modelId: string,
  transcribe: Method<"transcribe">,
): TranscriptionModelV4 {
  return markOwn({
    specificationVersion: "v4",
    provider: setting.provider,
    modelId,
    async doGenerate(options) {
      const { shared, llmux } = sharedOptions(options, setting);
      const { audio, mediaType, timestampGranularities: timestamps, abortSignal } = options;
      const { language: spoken, prompt, temperature, filename } = llmux;
      const hints = { language: spoken, prompt, temperature, filename };
      const request = defined({ ...shared, model: modelId, audio, mediaType, timestamps, ...hints });
      const result = await call(() => transcribe(request), abortSignal);
      const { text, segments, words, language, duration, usage, response, provider, model } = result;
      return {
        text,
        segments: segments.map(timed),
        ...(words.length > 0 && { words: words.map(timed) }),
        language,
        durationInSeconds: duration,
        ...(usage.raw !== undefined && { usage: usage.raw as JSONObject }),
        ...answeredBy(undefined, provider, model, response),
        response: { ...exchange(response, modelId), ...headersOf(response) },
        warnings: result.warnings.map(toModelWarning),
      };
    },
  });
}

function timed({ text, start, end }: TimedText): { text: string; startSecond: number; endSecond: number } {
  return { text, startSecond: start, endSecond: end };
}
