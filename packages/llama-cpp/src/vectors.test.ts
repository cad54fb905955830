import { appendFileSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { llamaCpp, unloadModels } from "./index.js";
import {
  describeEngine,
  temporaryDirectory,
  writeChatModel,
  writeEmbeddingModel,
  writeRerankModel,
} from "./testing/models.ts";

const { path: modelsDirectory, drop } = temporaryDirectory();
const backend = llamaCpp({ modelsDirectory, gpu: "cpu", threads: 1 }).createBackend();
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, at) => sum + value * b[at]!, 0);

beforeAll(() => {
  writeChatModel(`${modelsDirectory}/chat.gguf`);
  writeEmbeddingModel(`${modelsDirectory}/embedder.gguf`);
  writeRerankModel(`${modelsDirectory}/reranker.gguf`);
});
afterAll(async () => {
  await unloadModels();
  drop();
});

describeEngine("embed", () => {
  it("gives vectors of length 1, the nearer the more words two texts share", async () => {
    const values = ["sky blue", "sky blue and", "grass green", "sky blue"];
    const { embeddings, usage, response } = await backend.embed!({ model: "embedder", values });
    const [blue, and, green, again] = embeddings as [Float32Array, Float32Array, Float32Array, Float32Array];
    for (const vector of embeddings) expect(dot(vector, vector)).toBeCloseTo(1, 5);
    expect(again).toEqual(blue);
    // Each text begins with the token that begins all texts.
    expect(dot(blue, and)).toBeCloseTo(3 / Math.sqrt(3 * 4), 3);
    expect(dot(blue, green)).toBeCloseTo(1 / 3, 3);
    expect(usage.inputTokens.total).toBe(3 + 4 + 3 + 3);
    expect(response.model).toBe("embedder.gguf");
  });

  it("takes no texts, but none that are empty", async () => {
    expect((await backend.embed!({ model: "embedder", values: [] })).embeddings).toEqual([]);
    await expect(backend.embed!({ model: "embedder", values: ["sky", ""] })).rejects.toMatchObject({
      kind: "invalid-request",
      parameter: "values",
    });
  });

  it("does not mix calls that come at once", async () => {
    const texts = ["sky", " blue", "grass", " green", " sea"];
    const each = await Promise.all(texts.map((text) => backend.embed!({ model: "embedder", values: [text, text] })));
    const all = await backend.embed!({ model: "embedder", values: texts });
    expect(each.map(({ embeddings }) => embeddings[1])).toEqual(all.embeddings);
  });

  it("refuses a text that is longer than the model takes", async () => {
    for (const length of [64, 200, 400]) {
      const call = backend.embed!({ model: "embedder", values: ["sky", "x".repeat(length)] });
      await expect(call).rejects.toMatchObject({ kind: "context-window-exceeded", message: /values\[1\]/ });
    }
    const { embeddings } = await backend.embed!({ model: "embedder", values: ["x".repeat(62)] });
    expect(embeddings).toHaveLength(1);
  });

  it.each([
    ["chat", /names no pooling/],
    ["reranker", /use rerank/],
  ])("refuses a model that makes none: %s", async (model, message) => {
    await expect(backend.embed!({ model, values: ["a"] })).rejects.toMatchObject({
      kind: "invalid-request",
      parameter: "model",
      message,
    });
  });
});

describeEngine("rerank", () => {
  const documents = ["grass green", " sea blue", "sky blue blue"];

  it("puts documents in the order of their relevance", async () => {
    const result = await backend.rerank!({ model: "reranker", query: "sky", documents });
    expect(result.ranking.map(({ index }) => index)).toEqual([2, 1, 0]);
    const scores = result.ranking.map(({ score }) => score);
    for (const score of scores) expect(score > 0 && score < 1).toBe(true);
    expect([...scores].sort((a, b) => b - a)).toEqual(scores);
    // Around each: the beginning, the query, two marks, the document, the end.
    expect(result.usage.inputTokens.total).toBe(6 + 6 + 7);
    const best = await backend.rerank!({ model: "reranker", query: "sky", documents, topN: 1 });
    expect(best.ranking).toEqual(result.ranking.slice(0, 1));
  });

  it("takes no documents", async () => {
    expect((await backend.rerank!({ model: "reranker", query: "sky", documents: [] })).ranking).toEqual([]);
  });

  it.each(["chat", "embedder"])("refuses a model that is no reranker: %s", async (model) => {
    await expect(backend.rerank!({ model, query: "a", documents })).rejects.toMatchObject({
      kind: "invalid-request",
      parameter: "model",
    });
  });

  it("refuses a document that is too long", async () => {
    for (const length of [130, 400]) {
      const call = backend.rerank!({ model: "reranker", query: "a", documents: ["x".repeat(length)] });
      await expect(call).rejects.toMatchObject({ kind: "context-window-exceeded", message: /documents\[0\]/ });
    }
  });
});

describeEngine("listModels", () => {
  it("lists GGUF files with what their heads say, and nothing else", async () => {
    const folder = `${modelsDirectory}/team`;
    mkdirSync(folder);
    for (const name of ["big-00001-of-00002", "big-00002-of-00002", "mmproj-big"])
      copyFileSync(`${modelsDirectory}/chat.gguf`, `${folder}/${name}.gguf`);
    writeFileSync(`${folder}/fake.gguf`, "no model");
    appendFileSync(`${folder}/notes.txt`, "GGUF");
    const models = await backend.listModels!();
    expect(models.map(({ id }) => id)).toEqual([
      "chat.gguf",
      "embedder.gguf",
      "reranker.gguf",
      "team/big-00001-of-00002.gguf",
    ]);
    expect(models[0]).toMatchObject({
      name: "Tiny Chat",
      contextWindow: 512,
      createdAt: expect.any(Date),
      raw: { path: `${modelsDirectory}/chat.gguf`, architecture: "llama", quantization: "ALL_F32" },
    });
  });
});
