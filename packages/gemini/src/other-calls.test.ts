import type { GenerateRequest, LLMBackend } from "@llmux/core";
import { beforeEach, describe, expect, it } from "vitest";
import { gemini } from "./index.js";

const request: GenerateRequest = { model: "gemini-2.5-flash", messages: [{ role: "user", content: "Hi" }] };
const OK = { candidates: [{ content: { parts: [{ text: "ok" }] }, finishReason: "STOP" }] };
const asked: { path: string; body: any }[] = [];
let answer: (path: string) => unknown;
let backend: LLMBackend;

beforeEach(() => {
  asked.length = 0;
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const { pathname, search } = new URL(String(input));
    asked.push({ path: pathname, body: init?.body ? JSON.parse(init.body as string) : undefined });
    return Response.json(answer(pathname + search));
  };
  backend = gemini({ apiKey: "k", fetch }).createBackend();
});

const json = (body: unknown) => {
  answer = () => body;
};

describe("other calls", () => {
  it("embeds by the hundred, in order", async () => {
    answer = () => ({
      embeddings: asked.at(-1)?.body.requests.map(({ content }: any) => ({
        values: [Number(content.parts[0].text), 0.5],
      })),
    });
    const values = Array.from({ length: 230 }, (_, index) => String(index));
    const providerOptions = { gemini: { taskType: "RETRIEVAL_QUERY" } };
    const { embeddings, usage } = await backend.embed!({
      model: "gemini-embedding-001",
      values,
      providerOptions,
      dimensions: 2,
    });
    expect(asked.map(({ body }) => body.requests.length)).toEqual([100, 100, 30]);
    expect(asked[0]?.body.requests[0]).toEqual({
      model: "models/gemini-embedding-001",
      content: { parts: [{ text: "0" }] },
      taskType: "RETRIEVAL_QUERY",
      outputDimensionality: 2,
    });
    expect(embeddings.map(([first]) => first)).toEqual(values.map(Number));
    expect(usage.inputTokens.total).toBeUndefined();
    json({ embeddings: [] });
    await expect(backend.embed!({ model: "m", values: ["a"] })).rejects.toMatchObject({ kind: "malformed-response" });
  });

  it("lists models page by page, and no page twice", async () => {
    answer = (path) => {
      const token = Number(new URL(path, "http://x").searchParams.get("pageToken") ?? 0);
      const nextPageToken = token === 2 ? "1" : String(token + 1);
      return { models: [{ name: `models/m${token}`, displayName: "M" }], nextPageToken };
    };
    const models = await backend.listModels!();
    expect(models.map(({ id }) => id)).toEqual(["m0", "m1", "m2"]);
  });

  it("counts tokens with tools and system", async () => {
    json({ totalTokens: 12 });
    const messages: GenerateRequest["messages"] = [{ role: "system", content: "S" }, ...request.messages];
    expect(await backend.countTokens!({ model: "gemini-2.5-flash", messages, tools: [{ name: "f" }] })).toEqual({
      inputTokens: 12,
    });
    expect(asked[0]?.body.generateContentRequest).toMatchObject({
      model: "models/gemini-2.5-flash",
      systemInstruction: { parts: [{ text: "S" }] },
      tools: [{ functionDeclarations: [{ name: "f" }] }],
    });
    json({});
    await expect(backend.countTokens!(request)).rejects.toMatchObject({ kind: "malformed-response" });
  });

  it("speaks: raw samples become a WAV file", async () => {
    const samples = Buffer.from([1, 0, 2, 0]);
    const piece = (bytes: Buffer) => ({
      inlineData: { mimeType: "audio/L16;codec=pcm;rate=16000", data: bytes.toString("base64") },
    });
    json({
      candidates: [
        { content: { parts: [piece(samples.subarray(0, 2)), piece(samples.subarray(2))] }, finishReason: "STOP" },
      ],
    });
    const speech = {
      model: "gemini-2.5-flash-preview-tts",
      text: "Hello",
      voice: "Kore",
      instructions: "Cheerfully",
      language: "en",
    };
    const { audio, mediaType } = await backend.speak!(speech);
    expect(mediaType).toBe("audio/wav");
    expect(Buffer.from(audio.subarray(0, 4)).toString()).toBe("RIFF");
    expect(Buffer.from(audio).readUInt32LE(24)).toBe(16_000);
    expect([...audio.subarray(44)]).toEqual([...samples]);
    expect(asked[0]?.body).toEqual({
      contents: [{ role: "user", parts: [{ text: "Cheerfully:\nHello" }] }],
      generationConfig: {
        responseModalities: ["AUDIO"],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: "Kore" } }, languageCode: "en" },
      },
    });
    const raw = await backend.speak!({ ...speech, format: "pcm" });
    expect([raw.mediaType, [...raw.audio]]).toEqual(["audio/L16;codec=pcm;rate=16000", [...samples]]);
    await expect(backend.speak!({ ...speech, format: "mp3" })).rejects.toMatchObject({
      kind: "unsupported",
      parameter: "format",
    });
    json(OK);
    await expect(backend.speak!(speech)).rejects.toMatchObject({ kind: "malformed-response", text: "ok" });
  });

  it("makes pictures with Gemini, one a request", async () => {
    const picture = { inlineData: { mimeType: "image/png", data: "aGk=" } };
    json({
      candidates: [{ content: { parts: [{ text: "Here" }, picture] }, finishReason: "STOP" }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 5 },
    });
    const { images, usage, warnings } = await backend.generateImage!({
      model: "gemini-2.5-flash-image",
      prompt: "a cat",
      n: 2,
      size: "1536x1024",
      images: [Buffer.from("iVBORw0KGgoAAAANSUhEUg==", "base64")],
    });
    expect(images).toEqual([
      { data: new Uint8Array([104, 105]), mediaType: "image/png" },
      { data: new Uint8Array([104, 105]), mediaType: "image/png" },
    ]);
    expect(usage).toMatchObject({ inputTokens: { total: 6 }, outputTokens: { total: 10 } });
    expect(asked).toHaveLength(2);
    expect(asked[0]?.body.generationConfig).toEqual({
      responseModalities: ["TEXT", "IMAGE"],
      imageConfig: { aspectRatio: "3:2", imageSize: "2K" },
    });
    expect(asked[0]?.body.contents[0].parts).toMatchObject([
      { inlineData: { mimeType: "image/png" } },
      { text: "a cat" },
    ]);
    expect(warnings).toMatchObject([{ parameter: "size", type: "changed" }]);
    json({ candidates: [{ finishReason: "IMAGE_SAFETY" }] });
    await expect(backend.generateImage!({ model: "gemini-2.5-flash-image", prompt: "x" })).rejects.toMatchObject({
      kind: "content-policy",
    });
  });

  it("makes pictures with Imagen, and says what was filtered", async () => {
    json({
      predictions: [
        { bytesBase64Encoded: "aGk=", mimeType: "image/png", prompt: "a grey cat" },
        { raiFilteredReason: "no" },
      ],
    });
    const image = { model: "imagen-4.0-generate-001", prompt: "a cat", n: 2, aspectRatio: "16:9" as const };
    const { images } = await backend.generateImage!(image);
    expect(images).toEqual([{ data: new Uint8Array([104, 105]), mediaType: "image/png", revisedPrompt: "a grey cat" }]);
    expect(asked[0]).toMatchObject({
      path: "/v1beta/models/imagen-4.0-generate-001:predict",
      body: {
        instances: [{ prompt: "a cat" }],
        parameters: { sampleCount: 2, aspectRatio: "16:9", includeRaiReason: true },
      },
    });
    for (const [more, parameter] of [
      [{ seed: 1 }, "seed"],
      [{ size: "100x70" }, "size"],
      [{ mask: "aGk=" }, "mask"],
      [{ images: ["aGk="] }, "images"],
    ] as const) {
      await expect(backend.generateImage!({ ...image, ...more })).rejects.toMatchObject({
        kind: "unsupported",
        parameter,
      });
    }
    json({ predictions: [{ raiFilteredReason: "violates our policies" }] });
    await expect(backend.generateImage!(image)).rejects.toMatchObject({
      kind: "content-policy",
      message: "violates our policies",
    });
  });
});
