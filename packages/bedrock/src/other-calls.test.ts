import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { LLMBackend } from "@llmux/core";
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { bedrock } from "./adapter.js";
import type { ControlPlane } from "./list-models.js";
import { Asked, errorOf, replyOf } from "./testing/asked.js";

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
type Calls = Required<LLMBackend>;

let asked: Asked;
let backend: Calls;
beforeAll(async () => {
  asked = await Asked.start();
  backend = asked.backend as Calls;
});
afterAll(() => asked.server.stop());

/** Answers each text by its length, so that the order shows. */
async function embedder(answer: (body: any) => unknown): Promise<{ bodies: any[]; backend: Calls; stop: () => void }> {
  const bodies: unknown[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += piece;
    const body = JSON.parse(text);
    bodies.push(body);
    response.setHeader("x-amzn-bedrock-input-token-count", "5");
    response.end(JSON.stringify(answer(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const made = bedrock({ apiKey: "k", baseURL }).createBackend() as Calls;
  return { bodies, backend: made, stop: () => void server.close() };
}

const values = Array.from({ length: 20 }, (_, index) => "x".repeat(index + 1));
const lengths = values.map((value) => [value.length]);
const plain = (embeddings: readonly Float32Array[]) => embeddings.map((vector) => [...vector]);

describe("embed", () => {
  it.each([
    [
      "amazon.titan-embed-text-v2:0",
      { inputText: "x", dimensions: 256, normalize: false },
      { dimensions: 256, options: { normalize: false } },
    ],
    ["amazon.titan-embed-text-v1", { inputText: "x" }, {}],
    [
      "amazon.titan-embed-image-v1",
      { inputText: "x", embeddingConfig: { outputEmbeddingLength: 384 } },
      { dimensions: 384 },
    ],
  ])("Titan takes one text at a time: %s", async (model, first, { dimensions, options }: any) => {
    const { bodies, backend, stop } = await embedder(({ inputText }) => ({
      embedding: [inputText.length],
      inputTextTokenCount: 2,
    }));
    const result = await backend.embed({ model, values, dimensions, providerOptions: { bedrock: options } });
    stop();
    expect(plain(result.embeddings)).toEqual(lengths);
    expect(result.usage.inputTokens.total).toBe(40);
    expect(bodies).toHaveLength(20);
    expect(bodies[0]).toEqual(first);
  });

  it("Nova takes one text at a time", async () => {
    const { bodies, backend, stop } = await embedder(({ singleEmbeddingParams }) => ({
      embeddings: [{ embeddingType: "TEXT", embedding: [singleEmbeddingParams.text.value.length] }],
    }));
    const options = { bedrock: { embeddingPurpose: "CLASSIFICATION" } };
    const model = "amazon.nova-2-multimodal-embeddings-v1:0";
    const result = await backend.embed({ model, values, dimensions: 1024, providerOptions: options });
    stop();
    expect(plain(result.embeddings)).toEqual(lengths);
    expect(result.usage.inputTokens.total).toBe(100);
    expect(bodies[0]).toEqual({
      schemaVersion: "nova-multimodal-embed-v1",
      taskType: "SINGLE_EMBEDDING",
      singleEmbeddingParams: {
        embeddingPurpose: "CLASSIFICATION",
        embeddingDimension: 1024,
        text: { truncationMode: "NONE", value: "x" },
      },
    });
  });

  it.each([
    [
      "cohere.embed-multilingual-v3",
      (embeddings: number[][]) => ({ embeddings, response_type: "embeddings_floats" }),
      undefined,
    ],
    ["us.cohere.embed-v4:0", (float: number[][]) => ({ embeddings: { float } }), 512],
  ])("Cohere takes 96 at a time: %s", async (model, reply, dimensions) => {
    const { bodies, backend, stop } = await embedder(({ texts }) => reply(texts.map((text: string) => [text.length])));
    const many = Array.from({ length: 200 }, (_, index) => "x".repeat(index + 1));
    const result = await backend.embed({
      model,
      values: many,
      dimensions,
      providerOptions: { bedrock: { input_type: "search_query" } },
    });
    stop();
    expect(plain(result.embeddings)).toEqual(many.map(({ length }) => [length]));
    expect(bodies.map(({ texts }) => texts.length)).toEqual([96, 96, 8]);
    expect(result.usage.inputTokens.total).toBe(15);
    const { texts: _, ...rest } = bodies[0];
    expect(rest).toEqual({ input_type: "search_query", ...(dimensions && { output_dimension: dimensions }) });
  });

  it("says what it can't, and what is no embedding", async () => {
    const ask = (request: object) =>
      errorOf(backend.embed({ model: "amazon.titan-embed-text-v1", values: ["a"], ...request }));
    expect(await ask({ model: "meta.llama3" })).toMatchObject({ kind: "unsupported", parameter: "model" });
    expect(await ask({ dimensions: 5 })).toMatchObject({ kind: "unsupported", parameter: "dimensions" });
    for (const reply of [{}, { embedding: null }, { embedding: "x" }]) {
      asked.server.serve(replyOf(reply));
      expect(await ask({})).toMatchObject({ kind: "malformed-response" });
    }
    asked.server.serve(replyOf({ message: "Slow" }, { "x-amzn-errortype": "ThrottlingException" }, 429));
    expect(await ask({})).toMatchObject({ kind: "rate-limit", status: 429 });
    expect((await backend.embed({ model: "amazon.titan-embed-text-v1", values: [] })).embeddings).toEqual([]);
  });
});

describe("rerank", () => {
  const request = { query: "q", documents: ["a", "b", "c"] };
  const results = [
    { index: 2, relevance_score: 0.1 },
    { index: 0, relevance_score: 0.9 },
  ];

  it("ranks by Cohere's or Amazon's model", async () => {
    asked.server.serve(replyOf({ results, meta: { billed_units: { search_units: 1 } } }));
    const result = await backend.rerank({ ...request, model: "cohere.rerank-v3-5:0", topN: 2 });
    expect(asked.last.path).toBe("/model/cohere.rerank-v3-5:0/invoke");
    expect(asked.last.body).toEqual({ ...request, api_version: 2, top_n: 2 });
    expect(result.ranking).toEqual([
      { index: 0, score: 0.9 },
      { index: 2, score: 0.1 },
    ]);
    expect(result.usage.searchUnits).toBe(1);
    await backend.rerank({ ...request, model: "amazon.rerank-v1:0", topN: 9 });
    expect(asked.last.body).toEqual({ ...request, top_n: 3 });
  });

  it("tells what is no ranking", async () => {
    for (const reply of [{}, { results: [{ index: null }] }]) {
      asked.server.serve(replyOf(reply));
      const failing = backend.rerank({ ...request, model: "cohere.rerank-v3-5:0" });
      expect((await errorOf(failing)).kind).toBe("malformed-response");
    }
  });
});

describe("generateImage", () => {
  it("draws by Nova Canvas", async () => {
    asked.server.serve(replyOf({ images: [PNG, PNG] }));
    const model = "amazon.nova-canvas-v1:0";
    const providerOptions = { bedrock: { imageGenerationConfig: { quality: "premium" } } };
    const { images } = await backend.generateImage({
      model,
      prompt: "p",
      n: 2,
      size: "512x768",
      seed: 1,
      providerOptions,
    });
    expect(asked.last.body).toEqual({
      taskType: "TEXT_IMAGE",
      textToImageParams: { text: "p" },
      imageGenerationConfig: { numberOfImages: 2, width: 512, height: 768, seed: 1, quality: "premium" },
    });
    expect(images).toEqual(Array(2).fill({ data: new Uint8Array(Buffer.from(PNG, "base64")), mediaType: "image/png" }));
    await backend.generateImage({ model, prompt: "p", images: [PNG] });
    expect(asked.last.body).toMatchObject({
      taskType: "IMAGE_VARIATION",
      imageVariationParams: { text: "p", images: [PNG] },
    });
  });

  it("draws by Stability's models, one at a time", async () => {
    asked.server.serve(replyOf({ seeds: [1], finish_reasons: [null], images: [PNG] }));
    const before = asked.server.requests.length;
    const model = "stability.stable-image-ultra-v1:1";
    const { images } = await backend.generateImage({ model, prompt: "p", n: 3, aspectRatio: "16:9" });
    expect(images).toHaveLength(3);
    expect(asked.server.requests.length).toBe(before + 3);
    expect(asked.last.body).toEqual({ prompt: "p", output_format: "png", aspect_ratio: "16:9" });
    await backend.generateImage({ model, prompt: "p", images: [PNG] });
    expect(asked.last.body).toMatchObject({ mode: "image-to-image", image: PNG });
  });

  it("tells a refusal, and what it can't", async () => {
    const ask = (request: object) =>
      errorOf(backend.generateImage({ model: "stability.sd3-5-large-v1:0", prompt: "p", ...request }));
    asked.server.serve(replyOf({ finish_reasons: ["Filter reason: prompt"], images: [""] }));
    expect(await ask({})).toMatchObject({ kind: "content-policy", message: "Filter reason: prompt" });
    asked.server.serve(replyOf({}));
    expect(await ask({})).toMatchObject({ kind: "malformed-response" });
    expect(await ask({ size: "1x1" })).toMatchObject({ kind: "unsupported", parameter: "size" });
    expect(await ask({ mask: PNG })).toMatchObject({ kind: "unsupported", parameter: "mask" });
    expect(await ask({ model: "meta.llama3" })).toMatchObject({ kind: "unsupported", parameter: "model" });
  });
});

describe("listModels", () => {
  let server: Server;
  let baseURL: string;
  const paths: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? "", "http://localhost");
      paths.push(url.pathname);
      response.setHeader("content-type", "application/json");
      if (url.pathname === "/foundation-models") {
        const summary = { modelId: "amazon.nova-lite-v1:0", modelName: "Nova Lite", providerName: "Amazon" };
        response.end(JSON.stringify({ modelSummaries: [summary] }));
      } else if (url.searchParams.get("nextToken")) {
        response.end(
          JSON.stringify({ inferenceProfileSummaries: [{ inferenceProfileId: "eu.b", inferenceProfileName: "B" }] }),
        );
      } else {
        const first = { inferenceProfileId: "us.a", inferenceProfileName: "A", createdAt: "2025-01-02T03:04:05Z" };
        response.end(JSON.stringify({ inferenceProfileSummaries: [first], nextToken: "more" }));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it("knows the SDK as it is", () => {
    expectTypeOf<typeof import("@aws-sdk/client-bedrock")>().toExtend<ControlPlane>();
  });

  it("lists foundation models and inference profiles, through the SDK that knows them", async () => {
    const listing = bedrock({ apiKey: "k", baseURL }).createBackend() as Calls;
    const models = await listing.listModels();
    expect(models).toMatchObject([
      { id: "amazon.nova-lite-v1:0", name: "Nova Lite", ownedBy: "Amazon" },
      { id: "us.a", name: "A", createdAt: new Date("2025-01-02T03:04:05Z") },
      { id: "eu.b", name: "B" },
    ]);
    expect(paths).toEqual(["/foundation-models", "/inference-profiles", "/inference-profiles"]);
  });

  it("maps what fails there", async () => {
    asked.server.serve(replyOf({ message: "No" }, { "x-amzn-errortype": "AccessDeniedException" }, 403));
    expect(await errorOf(backend.listModels())).toMatchObject({ kind: "permission", status: 403, message: "No" });
  });
});
