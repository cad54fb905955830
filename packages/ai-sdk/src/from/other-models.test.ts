import type { ImageModelV4CallOptions, ProviderV2, ProviderV3, ProviderV4 } from "@ai-sdk/provider";
import { createLLM, type LLM } from "@llmux/core";
import { createProviderRegistry, customProvider, generateText } from "ai";
import {
  MockEmbeddingModelV4,
  MockImageModelV4,
  MockLanguageModelV4,
  MockRerankingModelV4,
  MockSpeechModelV4,
  MockTranscriptionModelV4,
} from "ai/test";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type AISDKProvider, type FromAISDKOptions, fromAISDK, toAISDK } from "../index.js";

(globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;

const adapt = (options: Omit<FromAISDKOptions, "prefix">): LLM =>
  createLLM({ adapters: [fromAISDK({ prefix: "x", ...options })] });
const png = "iVBORw0KGgo=";
const response = { timestamp: new Date(0), modelId: "m-1", headers: { "x-request-id": "q" } };

describe("an embedding model", () => {
  it("is called as often as it needs, and keeps the order of the values", async () => {
    const calls: string[][] = [];
    let running = 0;
    let most = 0;
    const model = new MockEmbeddingModelV4({
      modelId: "e",
      maxEmbeddingsPerCall: 2,
      supportsParallelCalls: false,
      doEmbed: async ({ values }) => {
        calls.push(values);
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        return { embeddings: values.map((value) => [Number(value)]), usage: { tokens: values.length }, warnings: [] };
      },
    });
    const result = await adapt({ embeddingModel: model }).embed({ model: "x/e", values: ["1", "2", "3", "4", "5"] });
    expect(calls).toEqual([["1", "2"], ["3", "4"], ["5"]]);
    expect(most).toBe(1);
    expect(result.embeddings.map(([value]) => value)).toEqual([1, 2, 3, 4, 5]);
    expect(result.usage.inputTokens.total).toBe(5);
  });

  it("of an older specification is told its dimensions in the provider's words, where it has some", async () => {
    const asked: object[] = [];
    const old = (provider: string): never =>
      ({
        specificationVersion: "v2",
        provider,
        modelId: "e",
        maxEmbeddingsPerCall: undefined,
        supportsParallelCalls: true,
        doEmbed: async (options: object) => {
          asked.push(options);
          return { embeddings: [[1]] };
        },
      }) as never;
    const request = { model: "x/e", values: ["a"], dimensions: 8 };
    const result = await adapt({ embeddingModel: old("openai.embedding") }).embed(request);
    expect(asked[0]).toMatchObject({ providerOptions: { openai: { dimensions: 8 } } });
    expect(asked[0]).not.toHaveProperty("dimensions");
    expect(result.usage.inputTokens.total).toBeUndefined();
    await expect(adapt({ embeddingModel: old("acme") }).embed(request)).rejects.toMatchObject({
      kind: "unsupported",
      parameter: "dimensions",
    });
  });
});

describe("the other kinds of model", () => {
  it("reranks", async () => {
    const model = new MockRerankingModelV4({
      modelId: "r",
      doRerank: async ({ documents, topN }) => ({
        ranking: documents.values.map((_, index) => ({ index, relevanceScore: 1 / (index + 1) })).slice(0, topN),
        response: { id: "1", headers: { "x-request-id": "q" } },
      }),
    });
    const result = await adapt({ rerankingModel: model }).rerank({
      model: "x/r",
      query: "q",
      documents: ["a", "b"],
      topN: 1,
    });
    expect(result.ranking).toEqual([{ index: 0, score: 1 }]);
    expect(result.response).toMatchObject({ id: "1", requestId: "q" });
  });

  it("makes images, as many in a call as the model can", async () => {
    const calls: ImageModelV4CallOptions[] = [];
    const model = new MockImageModelV4({
      provider: "openai.image",
      modelId: "i",
      maxImagesPerCall: () => 2,
      doGenerate: async (options) => {
        calls.push(options);
        const each = <T>(value: T): T[] => Array.from({ length: options.n }, () => value);
        return {
          images: each(png),
          warnings: [{ type: "unsupported", feature: "seed" }],
          providerMetadata: { openai: { images: each({ revisedPrompt: "A better cat" }) } },
          usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
          response,
        };
      },
    });
    const result = await adapt({ imageModel: model }).generateImage({
      model: "x/i",
      prompt: "A cat",
      n: 3,
      size: "64x64",
      images: [`data:image/png;base64,${png}`, "https://x.test/a.png"],
      user: "u",
    });
    expect(calls.map(({ n }) => n)).toEqual([2, 1]);
    expect(calls[0]).toMatchObject({
      size: "64x64",
      files: [
        { type: "file", mediaType: "image/png", data: png },
        { type: "url", url: "https://x.test/a.png" },
      ],
      providerOptions: { openai: { user: "u" } },
    });
    expect(result.images).toHaveLength(3);
    expect(result.images[0]).toMatchObject({ mediaType: "image/png", revisedPrompt: "A better cat" });
    expect(result.usage).toMatchObject({ inputTokens: { total: 2 }, outputTokens: { total: 4 } });
    expect(result.warnings).toMatchObject([{ type: "dropped", parameter: "seed" }, { parameter: "seed" }]);
    expect(result.response).toMatchObject({ model: "m-1", requestId: "q" });
  });

  it("writes down, also from where the model itself can fetch", async () => {
    const heard = {
      text: "Hi",
      segments: [{ text: "Hi", startSecond: 0, endSecond: 1 }],
      language: "en",
      durationInSeconds: 1,
      warnings: [],
      response,
    };
    const model = new MockTranscriptionModelV4({
      provider: "openai.transcription",
      modelId: "t",
      doGenerate: async () => heard,
    });
    const llm = adapt({ transcriptionModel: model });
    const result = await llm.transcribe({
      model: "x/t",
      audio: "UklGRgAAAABXQVZF",
      language: "en",
      timestamps: ["segment"],
    });
    expect(result).toMatchObject({
      text: "Hi",
      language: "en",
      duration: 1,
      segments: [{ start: 0, end: 1 }],
      words: [],
    });
    const fetching = Object.assign(new MockTranscriptionModelV4({ modelId: "t", doGenerate: async () => heard }), {
      doGenerateFromUrl: async ({ audio }: { audio: URL }) => ({ ...heard, text: audio.href }),
    });
    const url = { model: "x/t", audio: "https://x.test/a.wav" };
    expect((await adapt({ transcriptionModel: fetching }).transcribe(url)).text).toBe("https://x.test/a.wav");
    await expect(llm.transcribe(url)).rejects.toMatchObject({ kind: "unsupported", parameter: "audio" });
  });

  it("speaks", async () => {
    const model = new MockSpeechModelV4({
      modelId: "s",
      doGenerate: async () => ({ audio: "UklGRgAAAABXQVZF", warnings: [], response }),
    });
    const spoken = await adapt({ speechModel: model }).speak({ model: "x/s", text: "Hi", voice: "v", format: "mp3" });
    expect([spoken.mediaType, spoken.audio.length]).toEqual(["audio/wav", 12]);
  });
});

describe("a provider", () => {
  it("of any specification fits", () => {
    expectTypeOf<ProviderV4>().toExtend<AISDKProvider>();
    expectTypeOf<ProviderV3>().toExtend<AISDKProvider>();
    expectTypeOf<ProviderV2>().toExtend<AISDKProvider>();
  });

  it("may be the AI SDK's custom one, or an older one's names for its models", async () => {
    const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } } as never;
    const languageModel = new MockLanguageModelV4({
      doGenerate: {
        content: [{ type: "text", text: "ok" }],
        finishReason: { unified: "stop", raw: "stop" },
        usage,
        warnings: [],
      },
    });
    const llm = adapt({ provider: customProvider({ languageModels: { fast: languageModel } }) });
    expect((await llm.generate({ model: "x/fast", messages: [{ role: "user", content: "Hi" }] })).text).toBe("ok");
    await expect(llm.generate({ model: "x/slow", messages: [{ role: "user", content: "Hi" }] })).rejects.toMatchObject({
      kind: "not-found",
      parameter: "model",
    });
    const older = adapt({
      provider: {
        textEmbeddingModel: () => new MockEmbeddingModelV4({ doEmbed: { embeddings: [[1]], warnings: [] } }),
      },
    });
    expect((await older.embed({ model: "x/e", values: ["a"] })).embeddings).toEqual([Float32Array.of(1)]);
    const registry = createProviderRegistry({ llmux: toAISDK(llm) });
    const { text } = await generateText({ model: registry.languageModel("llmux:x/fast"), prompt: "Hi", maxRetries: 0 });
    expect(text).toBe("ok");
  });
});
