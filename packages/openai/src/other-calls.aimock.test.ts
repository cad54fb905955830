import { LLMock } from "@copilotkit/aimock";
import { createLLM, type LLM } from "@llmux/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openai } from "./index.js";

const mock = new LLMock({ port: 0 });
const apiKey = "sk-test-0123456789abcdef";
let llm: LLM;
beforeAll(async () => {
  await mock.start();
  llm = createLLM({ adapters: [openai({ apiKey, baseURL: `${mock.url}/v1` })] });
});
afterAll(() => mock.stop());
afterEach(() => {
  mock.clearChaos();
  mock.reset();
});

const wav = new TextEncoder().encode("RIFF....WAVEfmt la la la");
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 1, 2, 3);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

describe("against a provider of somebody else's making", () => {
  it("writes speech down", async () => {
    mock.onTranscription({
      transcription: {
        text: "Hello you",
        usage: { type: "tokens", input_tokens: 14, output_tokens: 3, total_tokens: 17 },
      },
    });
    const result = await llm.transcribe({ model: "openai/gpt-4o-transcribe", audio: wav });
    expect(result).toMatchObject({
      text: "Hello you",
      segments: [],
      words: [],
      usage: { inputTokens: { total: 14 }, outputTokens: { total: 3 } },
      provider: "openai",
      model: "gpt-4o-transcribe",
      warnings: [],
    });
    expect(mock.getLastRequest()?.body).toMatchObject({ model: "gpt-4o-transcribe" });
  });

  it("writes it down with times", async () => {
    mock.onTranscription({
      transcription: {
        text: "Hello you",
        language: "english",
        duration: 1.5,
        segments: [{ id: 0, text: "Hello you", start: 0, end: 1.5 }],
        words: [
          { word: "Hello", start: 0, end: 0.5 },
          { word: "you", start: 0.5, end: 1.5 },
        ],
      },
    });
    const asked = { model: "openai/whisper-1", audio: wav } as const;
    const result = await llm.transcribe({ ...asked, timestamps: ["word", "segment"] });
    expect(result).toMatchObject({
      language: "english",
      duration: 1.5,
      segments: [{ text: "Hello you", start: 0, end: 1.5 }],
      words: [{ text: "Hello", start: 0, end: 0.5 }, { text: "you" }],
    });
    expect(await llm.transcribe(asked)).toMatchObject({ language: "english", duration: 1.5, segments: [], words: [] });
  });

  it("speaks", async () => {
    mock.onSpeech("Good day", { audio: base64(wav), format: "wav" });
    const result = await llm.speak({ model: "openai/gpt-4o-mini-tts", text: "Good day", format: "wav" });
    expect([...result.audio]).toEqual([...wav]);
    expect(result.mediaType).toBe("audio/wav");
    expect(result.usage.inputTokens.total).toBeUndefined();
    expect(result.response.headers?.["content-type"]).toBe("audio/wav");
  });

  it("makes images, and edits them", async () => {
    mock.onImage("a cat", {
      images: [{ b64Json: base64(png), revisedPrompt: "a tabby cat" }, { url: "https://x.test/2.png" }],
    });
    for (const images of [undefined, [png, png]]) {
      const made = await llm.generateImage({
        model: "openai/gpt-image-2",
        prompt: "a cat",
        n: 2,
        images,
        mask: images?.[0],
      });
      expect(made.images).toEqual([
        { data: expect.any(Uint8Array), mediaType: "image/png", revisedPrompt: "a tabby cat" },
        { url: "https://x.test/2.png" },
      ]);
      expect([...made.images[0]!.data!]).toEqual([...png]);
      expect(mock.getLastRequest()?.path).toBe(images ? "/v1/images/edits" : "/v1/images/generations");
    }
  });

  it("judges", async () => {
    mock.onModerate("bad", {
      flagged: true,
      categories: { violence: true, hate: false },
      category_scores: { violence: 0.9, hate: 0.1 },
    });
    const model = "openai/omni-moderation-latest";
    const bad = await llm.moderate({ model, values: ["a bad one"] });
    expect(bad.results).toEqual([
      { flagged: true, categories: { violence: true, hate: false }, scores: { violence: 0.9, hate: 0.1 } },
    ]);
    const image = { type: "image", data: png } as const;
    const good = await llm.moderate({ model, values: [[{ type: "text", text: "a good one" }, image]] });
    expect(good.results).toMatchObject([{ flagged: false, categories: { violence: false } }]);
    expect(good.response).toMatchObject({ model: "omni-moderation-latest", id: expect.stringContaining("modr") });
  });
});

describe("in chaos", () => {
  const calls: [string, () => Promise<unknown>][] = [
    ["transcribe", () => llm.transcribe({ model: "openai/whisper-1", audio: wav })],
    ["speak", () => llm.speak({ model: "openai/tts-1", text: "Good day" })],
    ["generateImage", () => llm.generateImage({ model: "openai/gpt-image-2", prompt: "a cat" })],
    ["an edit", () => llm.generateImage({ model: "openai/gpt-image-2", prompt: "a cat", images: [png] })],
  ];
  const faults = [
    [{ rateLimitRate: 1 }, { kind: "rate-limit", status: 429, retryable: true, retryAfter: expect.any(Number) }],
    [{ dropRate: 1 }, { kind: "server", status: 500, retryable: true }],
    [{ disconnectRate: 1 }, { kind: "connection", retryable: true }],
    [{ malformedRate: 1 }, { kind: "malformed-response" }],
  ] as const;
  it.each(calls.flatMap(([name, call]) => faults.map((fault) => [name, call, ...fault] as const)))(
    "%s tells what it was: %#",
    async (_, call, chaos, expected) => {
      mock.onTranscription({ transcription: { text: "Hello" } });
      mock.onSpeech("Good day", { audio: base64(wav) });
      mock.onImage("a cat", { image: { b64Json: base64(png) } });
      mock.setChaos(chaos);
      const requests = mock.getRequests().length;
      await expect(call()).rejects.toMatchObject({ ...expected, provider: "openai", model: expect.any(String) });
      // The SDK's own retries are off.
      expect(mock.getRequests().length - requests).toBeLessThanOrEqual(1);
    },
  );
});
