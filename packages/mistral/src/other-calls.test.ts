import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { LLMBackend } from "@llmux/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mistral } from "./index.js";

interface Asked {
  path: string;
  type: string;
  json: any;
  form: FormData | undefined;
}

const asked: Asked[] = [];
let answer: (asked: Asked) => { status?: number; body: unknown };
let server: Server;
let backend: LLMBackend;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const bytes = Buffer.concat(pieces);
    const type = request.headers["content-type"] ?? "";
    const isForm = type.startsWith("multipart/");
    const call: Asked = {
      path: request.url ?? "",
      type,
      json: isForm ? undefined : JSON.parse(bytes.toString()),
      form: isForm ? await new Response(bytes, { headers: { "content-type": type } }).formData() : undefined,
    };
    asked.push(call);
    const { status = 200, body } = answer(call);
    const headers = { "content-type": "application/json", "mistral-correlation-id": "c1" };
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  backend = mistral({ apiKey: "k", baseURL: `http://127.0.0.1:${port}` }).createBackend();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked.length = 0;
});

describe("embed", () => {
  const tooMuch = { object: "error", message: "Too many tokens overall, split into more batches.", code: "3210" };
  const vectors = (input: string[]) =>
    input.map((value, index) => ({ index, embedding: [Number(value.split(" ")[0]), 0] })).reverse();
  const embedding = ({ json: { input } }: Asked) => ({
    body: { id: "e1", model: "mistral-embed", data: vectors(input), usage: { prompt_tokens: input.length } },
  });
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

  it("any number of texts, in order", async () => {
    answer = embedding;
    const result = await backend.embed!({ model: "m", values: numbers(1300), dimensions: 2 });
    expect(asked.map(({ json }) => json.input.length)).toEqual([512, 512, 276]);
    expect(asked[0]?.json.output_dimension).toBe(2);
    expect(result.embeddings.map(([first]) => first)).toEqual(numbers(1300).map(Number));
    expect(result.usage.inputTokens.total).toBe(1300);
    expect(result.response).toMatchObject({ requestId: "c1", model: "mistral-embed" });
  });

  it("long texts, in requests of so many tokens", async () => {
    answer = embedding;
    const values = numbers(10).map((number) => `${number} ${"word ".repeat(3000)}`);
    const { embeddings } = await backend.embed!({ model: "m", values });
    expect(asked.length).toBeGreaterThan(3);
    expect(embeddings.map(([first]) => first)).toEqual(numbers(10).map(Number));
  });

  it("in halves where Mistral finds it too much, and a single text not at all", async () => {
    answer = (call) => (call.json.input.length > 3 ? { status: 400, body: tooMuch } : embedding(call));
    const { embeddings, usage } = await backend.embed!({ model: "m", values: numbers(10) });
    expect(embeddings.map(([first]) => first)).toEqual(numbers(10).map(Number));
    expect(usage.inputTokens.total).toBe(10);
    answer = () => ({ status: 400, body: tooMuch });
    await expect(backend.embed!({ model: "m", values: ["a"] })).rejects.toMatchObject({ kind: "invalid-request" });
  });

  it("nothing without asking, and knows no count where none is given", async () => {
    expect((await backend.embed!({ model: "m", values: [] })).embeddings).toEqual([]);
    expect(asked).toEqual([]);
    answer = () => ({ body: { data: [{ embedding: "AACAPwAAAEA=" }] } });
    const { embeddings, usage } = await backend.embed!({ model: "m", values: ["a"] });
    expect(embeddings).toEqual([Float32Array.of(1, 2)]);
    expect(usage.inputTokens.total).toBeUndefined();
  });

  it.each([[{}], [null], [{ data: [] }], [{ data: [{ index: 5, embedding: [1] }] }], [{ data: [null] }]])(
    "refuses %j",
    async (body) => {
      answer = () => ({ body });
      await expect(backend.embed!({ model: "m", values: ["a"] })).rejects.toMatchObject({ kind: "malformed-response" });
    },
  );
});

describe("moderate", () => {
  it("judges texts, one by one", async () => {
    const verdict = (violence: boolean, score: number) => ({
      categories: { violence, pii: false },
      category_scores: { violence: score },
    });
    answer = () => ({
      body: { id: "m1", model: "mod", results: [verdict(false, 0.1), verdict(true, 0.9)], usage: { prompt_tokens: 4 } },
    });
    const result = await backend.moderate!({
      model: "mod",
      values: [
        "hi",
        [
          { type: "text", text: "I hit " },
          { type: "text", text: "you" },
        ],
      ],
    });
    expect(asked[0]).toMatchObject({ path: "/v1/moderations", json: { model: "mod", input: ["hi", "I hit you"] } });
    expect(result).toMatchObject({
      results: [
        { flagged: false, scores: { violence: 0.1 } },
        { flagged: true, categories: { violence: true, pii: false }, scores: { violence: 0.9 } },
      ],
      usage: { inputTokens: { total: 4 } },
      response: { id: "m1", requestId: "c1" },
    });
  });

  it("takes no images, and no fewer verdicts than texts", async () => {
    answer = () => ({ body: { results: [] } });
    const values = [[{ type: "image" as const, data: "iVBORw0KGgo=" }]];
    await expect(backend.moderate!({ model: "m", values })).rejects.toMatchObject({ kind: "unsupported" });
    await expect(backend.moderate!({ model: "m", values: ["a"] })).rejects.toMatchObject({
      kind: "malformed-response",
    });
  });
});

describe("transcribe", () => {
  const WAV = Buffer.from("UklGRgAAAABXQVZF", "base64");
  const segments = [
    { text: "Hello", start: 0, end: 1.5, speaker_id: "s1", type: "transcription_segment" },
    { text: "you", start: 1.5, end: 2 },
  ];
  const usage = {
    prompt_audio_seconds: 2,
    prompt_tokens: 4,
    completion_tokens: 3,
    total_tokens: 382,
    prompt_tokens_details: { audio_tokens: 375 },
  };

  it("bytes, with times and language", async () => {
    answer = () => ({ body: { model: "voxtral-mini-2507", text: "Hello you", language: "en", segments, usage } });
    const result = await backend.transcribe!({
      model: "voxtral-mini-latest",
      audio: WAV,
      language: "en",
      temperature: 0,
      timestamps: ["segment"],
      providerOptions: { mistral: { diarize: true, context_bias: ["Ann", "Bob"] } },
    });
    const { path, form } = asked[0]!;
    expect(path).toBe("/v1/audio/transcriptions");
    const file = form!.get("file") as File;
    expect([file.name, file.type, Buffer.from(await file.arrayBuffer())]).toEqual(["audio.wav", "audio/wav", WAV]);
    const fields = [...form!].filter(([name]) => name !== "file");
    expect(fields).toEqual([
      ["model", "voxtral-mini-latest"],
      ["language", "en"],
      ["temperature", "0"],
      ["timestamp_granularities", "segment"],
      ["diarize", "true"],
      ["context_bias", "Ann"],
      ["context_bias", "Bob"],
    ]);
    expect(result).toMatchObject({
      text: "Hello you",
      language: "en",
      duration: 2,
      segments: [
        { text: "Hello", start: 0, end: 1.5, speaker: "s1" },
        { text: "you", start: 1.5, end: 2 },
      ],
      words: [],
      usage: { inputTokens: { total: 379 }, outputTokens: { total: 3 } },
      response: { model: "voxtral-mini-2507", requestId: "c1" },
    });
  });

  it("words, a URL, a stored file", async () => {
    answer = () => ({ body: { text: "Hello you", language: null, segments } });
    const words = await backend.transcribe!({ model: "m", audio: "https://a.b/c.mp3", timestamps: ["word"] });
    expect(asked[0]?.form?.get("file_url")).toBe("https://a.b/c.mp3");
    expect(words).toMatchObject({ segments: [], words: [{ text: "Hello" }, { text: "you" }], language: undefined });
    expect(words.usage.inputTokens.total).toBeUndefined();
    await backend.transcribe!({ model: "m", audio: { fileId: "f1" } });
    expect(asked[1]?.form?.get("file_id")).toBe("f1");
  });

  it("takes no prompt, and no answer without a text", async () => {
    await expect(backend.transcribe!({ model: "m", audio: WAV, prompt: "x" })).rejects.toMatchObject({
      kind: "unsupported",
    });
    answer = () => ({ body: {} });
    await expect(backend.transcribe!({ model: "m", audio: WAV })).rejects.toMatchObject({ kind: "malformed-response" });
    answer = () => ({ status: 422, body: { detail: [{ loc: ["body", "file"], msg: "bad" }] } });
    await expect(backend.transcribe!({ model: "m", audio: WAV })).rejects.toMatchObject({ parameter: "file" });
  });
});

describe("speak", () => {
  it("gives audio in the format asked for", async () => {
    answer = () => ({ body: { audio_data: "AQID" } });
    const mp3 = await backend.speak!({ model: "voxtral-mini-tts", text: "Hi", voice: "v1" });
    expect(asked[0]).toMatchObject({
      path: "/v1/audio/speech",
      json: { model: "voxtral-mini-tts", input: "Hi", voice_id: "v1", response_format: "mp3", stream: false },
    });
    expect([mp3.audio, mp3.mediaType]).toEqual([Uint8Array.of(1, 2, 3), "audio/mpeg"]);
    expect((await backend.speak!({ model: "m", text: "Hi", format: "flac" })).mediaType).toBe("audio/flac");
  });

  it("takes no speed, and no answer without audio", async () => {
    await expect(backend.speak!({ model: "m", text: "Hi", speed: 2 })).rejects.toMatchObject({ parameter: "speed" });
    answer = () => ({ body: {} });
    await expect(backend.speak!({ model: "m", text: "Hi" })).rejects.toMatchObject({ kind: "malformed-response" });
  });
});
