import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { createLLM, type GenerateImageRequest, type LLM, type TranscribeRequest } from "@llmux/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openai } from "./index.js";

/** What a server was asked: a form's fields, or JSON. */
interface Asked {
  path: string;
  headers: IncomingHttpHeaders;
  form?: [string, string | File][];
  body?: unknown;
}

let asked: Asked[] = [];
type Answer = {
  status?: number;
  headers?: Record<string, string>;
  body: string | Uint8Array;
  cut?: boolean;
  /** Nothing is answered; called when the request has come, and when its connection is closed. */
  held?: { came: () => void; closed: () => void };
};
let answers: Answer[] = [];
const server = createServer(async (request, response) => {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const { url: path = "", headers } = request;
  const type = headers["content-type"] ?? "";
  const all = new Response(Buffer.concat(pieces), { headers: { "content-type": type } });
  const multipart = type.startsWith("multipart/");
  asked.push({ path, headers, ...(multipart ? { form: [...(await all.formData())] } : { body: await all.json() }) });
  const { status = 200, body, cut, held, headers: more } = answers.length > 1 ? answers.shift()! : answers[0]!;
  if (held) {
    response.on("close", held.closed);
    return held.came();
  }
  response.writeHead(status, { "content-type": "application/json", "x-request-id": "req_1", ...more });
  if (!cut) return void response.end(body);
  response.write(body.slice(0, 3));
  response.socket?.end(() => response.destroy());
});
const json = (body: unknown, status = 200): Answer => ({ body: JSON.stringify(body), status });

const apiKey = "sk-test-0123456789abcdef";
let own: LLM;
let other: LLM;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fetch = (to: string | URL | Request, init?: RequestInit): Promise<Response> =>
    globalThis.fetch(String(to).replace("https://api.openai.com", url), init);
  own = createLLM({ adapters: [openai({ apiKey, fetch })] });
  other = createLLM({ adapters: [openai({ baseURL: `${url}/v1` })] });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
});
const last = (): Asked => asked.at(-1)!;
const fields = (): Record<string, unknown> => {
  const { form = [] } = last();
  return Object.fromEntries(
    form.map(([name]) => [name, form.filter(([key]) => key === name).map(([, value]) => value)]),
  );
};
const text = async (file: unknown): Promise<[string, string, string]> => [
  (file as File).name,
  (file as File).type,
  await (file as File).text(),
];

const wav = "RIFF....WAVEfmt la la la";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("transcribe", () => {
  const request: TranscribeRequest = { model: "openai/whisper-1", audio: bytes(wav) };
  const timed = { text: "Hi you", language: "english", duration: 1.5, segments: [], words: [] };

  it("sends a form, and reads all that Whisper says", async () => {
    answers = [
      json({
        ...timed,
        segments: [{ id: 0, text: " Hi you", start: 0, end: 1.5, tokens: [1], avg_logprob: -0.2 }],
        words: [{ word: "Hi", start: 0, end: 0.5 }],
        usage: { type: "duration", seconds: 2 },
      }),
    ];
    const result = await own.transcribe({
      ...request,
      language: "en",
      prompt: "Names: Ann",
      temperature: 0.2,
      timestamps: ["word", "segment"],
      headers: { "x-extra": "1" },
    });
    expect(last()).toMatchObject({
      path: "/v1/audio/transcriptions",
      headers: { authorization: `Bearer ${apiKey}`, "x-extra": "1", "x-stainless-retry-count": "0" },
    });
    const { file, ...rest } = fields();
    expect(await text((file as unknown[])[0])).toEqual(["audio.wav", "audio/wav", wav]);
    expect(rest).toEqual({
      model: ["whisper-1"],
      language: ["en"],
      prompt: ["Names: Ann"],
      temperature: ["0.2"],
      response_format: ["verbose_json"],
      "timestamp_granularities[]": ["word", "segment"],
    });
    expect(result).toMatchObject({
      text: "Hi you",
      language: "english",
      duration: 1.5,
      segments: [{ text: " Hi you", start: 0, end: 1.5 }],
      words: [{ text: "Hi", start: 0, end: 0.5 }],
      response: { requestId: "req_1" },
    });
    expect(result.usage).toEqual({
      inputTokens: { total: undefined, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: undefined, reasoning: undefined },
      raw: { type: "duration", seconds: 2 },
    });
  });

  it("asks each model for what it has", async () => {
    const format = async (model: string, more: Partial<TranscribeRequest> = {}): Promise<unknown> => {
      answers = [json(timed)];
      await own.transcribe({ ...request, model: `openai/${model}`, ...more });
      const { response_format, chunking_strategy, "timestamp_granularities[]": granularities } = fields();
      return [response_format, granularities, chunking_strategy].flat().filter((value) => value !== undefined);
    };
    expect(await format("whisper-1")).toEqual(["verbose_json", "segment"]);
    expect(await format("gpt-4o-transcribe")).toEqual(["json"]);
    expect(await format("gpt-4o-mini-transcribe-2025-12-15")).toEqual(["json"]);
    expect(await format("gpt-transcribe")).toEqual(["json"]);
    expect(await format("gpt-4o-transcribe-diarize")).toEqual(["diarized_json", "auto"]);
    expect(await format("my-own")).toEqual(["json"]);
    expect(await format("my-own", { timestamps: ["word"] })).toEqual(["verbose_json", "word"]);
    expect(await format("whisper-1", { providerOptions: { openai: { response_format: "json" } } })).toEqual(["json"]);
  });

  it("tells speakers apart with the model that can", async () => {
    const segment = { type: "transcript.text.segment", id: "s", speaker: "A", text: "Hi", start: 0, end: 1 };
    const usage = { type: "tokens", input_tokens: 5, output_tokens: 2, total_tokens: 7 };
    answers = [json({ task: "transcribe", duration: 1, text: "Hi", segments: [segment], usage })];
    const result = await own.transcribe({ ...request, model: "openai/gpt-4o-transcribe-diarize" });
    expect(result.segments).toEqual([{ text: "Hi", start: 0, end: 1, speaker: "A" }]);
    expect(result).toMatchObject({
      duration: 1,
      usage: { inputTokens: { total: 5 }, outputTokens: { total: 2 }, raw: usage },
    });
  });

  it("takes other formats than JSON, and the language and the length where another model says them", async () => {
    answers = [{ body: "1\n00:00:00 --> 00:00:01\nHi\n", headers: { "content-type": "text/plain" } }];
    const srt = await own.transcribe({ ...request, providerOptions: { openai: { response_format: "srt" } } });
    expect(srt.text).toBe("1\n00:00:00 --> 00:00:01\nHi\n");
    answers = [json({ text: "Hi", languages: [{ code: "de" }], usage: { type: "duration", seconds: 3 } })];
    expect(await own.transcribe({ ...request, model: "openai/gpt-transcribe" })).toMatchObject({
      language: "de",
      duration: 3,
    });
  });

  it.each([
    ["base64", Buffer.from(wav).toString("base64"), ["audio.wav", "audio/wav"]],
    ["a data URL", `data:audio/ogg;base64,${Buffer.from("OggS").toString("base64")}`, ["audio.ogg", "audio/ogg"]],
    ["MP3", Uint8Array.of(0xff, 0xfb, 0x90), ["audio.mp3", "audio/mpeg"]],
    ["M4A", bytes("....ftypM4A "), ["audio.m4a", "audio/mp4"]],
    ["WebM", Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3), ["audio.webm", "audio/webm"]],
    ["FLAC in base64", Buffer.from("fLaC....").toString("base64"), ["audio.flac", "audio/flac"]],
    ["bytes of no known kind", bytes("??"), ["audio", "application/octet-stream"]],
  ] as const)("names the file after its kind: %s", async (_, audio, [name, type]) => {
    answers = [json(timed)];
    await own.transcribe({ ...request, audio });
    expect((await text((fields().file as unknown[])[0])).slice(0, 2)).toEqual([name, type]);
  });

  it("takes the caller's word for it", async () => {
    answers = [json(timed)];
    await own.transcribe({ ...request, audio: bytes("??"), mediaType: "audio/x-wav", filename: "talk.wav" });
    expect((await text((fields().file as unknown[])[0])).slice(0, 2)).toEqual(["talk.wav", "audio/x-wav"]);
    await own.transcribe({ ...request, audio: bytes("??"), mediaType: "audio/x-wav" });
    expect((fields().file as File[])[0]?.name).toBe("audio.wav");
  });

  it.each([
    ["a URL", { audio: "https://x.test/a.wav" }, "unsupported", "audio"],
    ["a stored file", { audio: { fileId: "f" } }, "unsupported", "audio"],
    ["what is no base64", { audio: "no!" }, "invalid-request", "audio"],
    ["what turns out to be no base64", { audio: `${"A".repeat(400)}!` }, "invalid-request", "audio"],
    [
      "times of a model without",
      { model: "openai/gpt-4o-transcribe", timestamps: ["word"] },
      "unsupported",
      "timestamps",
    ],
    ["words of speakers", { model: "openai/x-diarize", timestamps: ["word"] }, "unsupported", "timestamps"],
    ["a prompt for speakers", { model: "openai/x-diarize", prompt: "p" }, "unsupported", "prompt"],
    ["a stream", { providerOptions: { openai: { stream: true } } }, "unsupported", "providerOptions.openai.stream"],
  ] as [string, Partial<TranscribeRequest>, string, string][])("refuses %s", async (_, more, kind, parameter) => {
    answers = [json(timed)];
    await expect(own.transcribe({ ...request, ...more })).rejects.toMatchObject({ kind, parameter });
    expect(asked).toEqual([]);
  });

  it("drops what it may", async () => {
    answers = [json({ text: "Hi", segments: [{ text: "Hi", start: 0, end: 1 }] })];
    const result = await own.transcribe({
      ...request,
      model: "openai/gpt-4o-transcribe",
      timestamps: ["segment"],
      dropParams: true,
    });
    expect(result.warnings).toMatchObject([{ type: "dropped", parameter: "timestamps" }]);
    expect(result.segments).toEqual([]);
    await own.transcribe({ ...request, dropParams: true, providerOptions: { openai: { stream: true } } });
    expect(fields()).not.toHaveProperty("stream");
  });
});

describe("speak", () => {
  const request = { model: "openai/gpt-4o-mini-tts", text: "Good day" };
  const mp3: Answer = { body: Uint8Array.of(0xff, 0xfb, 1, 2), headers: { "content-type": "audio/mpeg; charset=x" } };

  it("sends the text, and gives the bytes", async () => {
    answers = [mp3];
    const { audio, mediaType, response, usage } = await own.speak({
      ...request,
      voice: "nova",
      instructions: "Softly",
      format: "mp3",
      speed: 1.2,
    });
    expect([...audio]).toEqual([0xff, 0xfb, 1, 2]);
    expect(mediaType).toBe("audio/mpeg");
    expect(response.requestId).toBe("req_1");
    expect(usage).not.toHaveProperty("raw");
    expect(last()).toMatchObject({ path: "/v1/audio/speech", headers: { authorization: `Bearer ${apiKey}` } });
    expect(last().body).toEqual({
      model: "gpt-4o-mini-tts",
      input: "Good day",
      voice: "nova",
      instructions: "Softly",
      response_format: "mp3",
      speed: 1.2,
    });
  });

  it("has a voice where none is named, and takes the provider's own parameters", async () => {
    answers = [mp3];
    await own.speak(request);
    expect(last().body).toEqual({ model: "gpt-4o-mini-tts", input: "Good day", voice: "alloy" });
    await own.speak({ ...request, providerOptions: { openai: { voice: { id: "voice_1" } } } });
    expect(last().body).toMatchObject({ voice: { id: "voice_1" } });
  });

  it.each([
    ["application/octet-stream", undefined, "audio/mpeg"],
    ["application/octet-stream", "opus", "audio/ogg"],
    ["application/octet-stream", "pcm", "audio/pcm"],
    ["audio/L16;rate=24000", "pcm", "audio/l16"],
  ])("of %s asked for as %s is %s", async (label, format, mediaType) => {
    answers = [{ ...mp3, headers: { "content-type": label } }];
    expect((await own.speak({ ...request, format })).mediaType).toBe(mediaType);
  });

  it.each([
    ["a language", { language: "de" }, "language"],
    ["instructions for a model that takes none", { model: "openai/tts-1-hd", instructions: "Softly" }, "instructions"],
    [
      "a stream of events",
      { providerOptions: { openai: { stream_format: "sse" } } },
      "providerOptions.openai.stream_format",
    ],
  ])("refuses %s, or drops it", async (_, more, parameter) => {
    answers = [mp3];
    await expect(own.speak({ ...request, ...more })).rejects.toMatchObject({ kind: "unsupported", parameter });
    expect(asked).toEqual([]);
    const { warnings } = await own.speak({ ...request, ...more, dropParams: true });
    expect(warnings).toMatchObject([{ type: "dropped", parameter }]);
    expect(Object.keys(last().body as object)).toEqual(["model", "input", "voice"]);
  });

  it.each([
    ["an error under a 200", json({ error: { message: "no", code: "insufficient_quota" } }), "quota-exceeded"],
    ["JSON that is no audio", json({ audio: "AAAA" }), "malformed-response"],
    ["null", json(null), "malformed-response"],
    ["a page", { body: "<html>", headers: { "content-type": "text/html" } }, "malformed-response"],
    ["nothing", { body: "", headers: { "content-type": "audio/mpeg" } }, "malformed-response"],
    ["half of it", { ...mp3, cut: true }, "connection"],
  ] as [string, Answer, string][])("%s is told as such", async (_, answer, kind) => {
    answers = [answer];
    await expect(own.speak(request)).rejects.toMatchObject({ kind, provider: "openai", model: "gpt-4o-mini-tts" });
  });
});

describe("generateImage", () => {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);
  const b64_json = Buffer.from(png).toString("base64");
  const request: GenerateImageRequest = { model: "openai/gpt-image-2", prompt: "a cat" };
  const usage = { input_tokens: 9, output_tokens: 272, total_tokens: 281, input_tokens_details: { image_tokens: 0 } };

  it("asks for an image, and reads what came", async () => {
    answers = [json({ created: 1_700_000_000, data: [{ b64_json }], output_format: "png", size: "1024x1024", usage })];
    const result = await own.generateImage({
      ...request,
      n: 1,
      size: "1024x1024",
      user: "u",
      providerOptions: { openai: { quality: "low" } },
    });
    expect(last().path).toBe("/v1/images/generations");
    expect(last().body).toEqual({
      model: "gpt-image-2",
      prompt: "a cat",
      n: 1,
      size: "1024x1024",
      safety_identifier: "u",
      quality: "low",
    });
    expect(result.images).toEqual([{ data: expect.any(Uint8Array), mediaType: "image/png" }]);
    expect(Buffer.compare(result.images[0]!.data!, png)).toBe(0);
    expect(result.usage).toMatchObject({ inputTokens: { total: 9 }, outputTokens: { total: 272 }, raw: usage });
    expect(result.response).toMatchObject({ requestId: "req_1", createdAt: new Date(1_700_000_000_000) });
  });

  it("asks DALL·E for bytes, and nobody else", async () => {
    answers = [json({ data: [{ b64_json, revised_prompt: "a tabby" }] })];
    for (const model of ["openai/dall-e-2", "openai/dall-e-3"]) {
      const { images, usage } = await own.generateImage({ ...request, model });
      expect(images[0]?.revisedPrompt).toBe("a tabby");
      expect(usage.inputTokens.total).toBeUndefined();
      expect(last().body).toMatchObject({ response_format: "b64_json" });
    }
    answers = [json({ data: [{ url: "https://x.test/1.webp" }] })];
    const { images } = await other.generateImage({ ...request, model: "openai/flux", user: "u" });
    expect(images).toEqual([{ url: "https://x.test/1.webp" }]);
    expect(last().body).toEqual({ model: "flux", prompt: "a cat", user: "u" });
  });

  it("tells the kind from the bytes, else from the format", async () => {
    const kind = async (b64: string, body = {}, own_ = {}): Promise<string | undefined> => {
      answers = [json({ data: [{ b64_json: b64 }], ...body })];
      return (await own.generateImage({ ...request, providerOptions: { openai: own_ } })).images[0]?.mediaType;
    };
    expect(await kind(b64_json, { output_format: "webp" })).toBe("image/png");
    expect(await kind(Buffer.from("<svg>").toString("base64"), { output_format: "svg" })).toBe("image/svg+xml");
    expect(await kind("AAAA", {}, { output_format: "jpeg" })).toBe("image/jpeg");
    expect(await kind("AAAA")).toBeUndefined();
  });

  it("keeps the tokens of the model that writes an SVG apart", async () => {
    const svg_usage = { model: "gpt", input_tokens: 1, output_tokens: 2 };
    answers = [json({ data: [{ b64_json }], usage, svg_usage })];
    const result = await own.generateImage(request);
    expect(result.usage).toMatchObject({ inputTokens: { total: 9 }, raw: { input_tokens: 9, svg_usage } });
  });

  it("edits images by a form", async () => {
    answers = [json({ data: [{ b64_json }], usage })];
    await own.generateImage({ ...request, images: [png], size: "1536x864" });
    expect(last().path).toBe("/v1/images/edits");
    const { image, ...rest } = fields();
    expect((await text((image as unknown[])[0])).slice(0, 2)).toEqual(["images.png", "image/png"]);
    expect(rest).toEqual({ model: ["gpt-image-2"], prompt: ["a cat"], size: ["1536x864"] });
    const jpeg = `data:image/jpeg;base64,${Buffer.from("jpeg").toString("base64")}`;
    await own.generateImage({ ...request, images: [png, jpeg], mask: b64_json, n: 2 });
    expect((fields()["image[]"] as File[]).map(({ name }) => name)).toEqual(["images.png", "images.jpg"]);
    expect((fields().mask as File[])[0]).toMatchObject({ name: "mask.png", type: "image/png" });
    expect(new Uint8Array(await (fields().mask as File[])[0]!.arrayBuffer())).toEqual(png);
    expect(fields().n).toEqual(["2"]);
  });

  it.each([
    ["an aspect ratio", { aspectRatio: "16:9" }, "unsupported", "aspectRatio"],
    ["a seed", { seed: 1 }, "unsupported", "seed"],
    ["a mask over nothing", { mask: png }, "invalid-request", "mask"],
    ["an image by URL", { images: [png, "https://x.test/1.png"] }, "unsupported", "images[1]"],
    ["a mask by id", { images: [png], mask: { fileId: "f" } }, "unsupported", "mask"],
    ["a stream", { providerOptions: { openai: { stream: true } } }, "unsupported", "providerOptions.openai.stream"],
  ] as [string, Partial<GenerateImageRequest>, string, string][])("refuses %s", async (_, more, kind, parameter) => {
    await expect(own.generateImage({ ...request, ...more })).rejects.toMatchObject({ kind, parameter });
    expect(asked).toEqual([]);
  });

  it.each([
    [
      "an error",
      { error: { message: "Your request was rejected by the safety system", code: "moderation_blocked" } },
      "content-policy",
    ],
    ["no images", { data: [] }, "malformed-response"],
    ["nothing of the kind", {}, "malformed-response"],
    ["null", null, "malformed-response"],
    ["an image of nothing", { data: [null] }, "malformed-response"],
    ["no base64", { data: [{ b64_json: "!" }] }, "malformed-response"],
  ])("%s under a 200 is told as such", async (_, body, kind) => {
    answers = [json(body)];
    await expect(own.generateImage(request)).rejects.toMatchObject({ kind });
  });

  it("a refused prompt is content-policy", async () => {
    const message = "Your request was rejected by the safety system. safety_violations=[violence].";
    answers = [json({ error: { message, type: "image_generation_user_error", code: "moderation_blocked" } }, 400)];
    await expect(own.generateImage(request)).rejects.toMatchObject({
      kind: "content-policy",
      status: 400,
      code: "moderation_blocked",
      requestId: "req_1",
    });
  });
});

describe("moderate", () => {
  const model = "openai/omni-moderation-latest";
  const verdict = (flagged: boolean): object => ({
    flagged,
    categories: { violence: flagged, illicit: null },
    category_scores: { violence: flagged ? 0.9 : 0.1, illicit: null },
    category_applied_input_types: { violence: ["text"] },
  });
  const verdicts = (...all: boolean[]): Answer => json({ id: "modr-1", model: "omni", results: all.map(verdict) });
  const image = { type: "image", data: "https://x.test/1.png" } as const;
  const one = { type: "text", text: "one" } as const;

  it("asks for texts together, and for each value of several parts alone, and keeps their order", async () => {
    answers = [verdicts(false, true), verdicts(true), verdicts(false), verdicts(true)];
    const bytes = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);
    const result = await own.moderate({
      model,
      values: ["a", [one], [one, image], [{ type: "image", data: bytes }], "b"],
    });
    expect(result.results.map(({ flagged }) => flagged)).toEqual([false, true, true, false, true]);
    expect(result.results[1]).toEqual({ flagged: true, categories: { violence: true }, scores: { violence: 0.9 } });
    expect(result.response).toMatchObject({ id: "modr-1", model: "omni", requestId: "req_1" });
    expect(result.usage.inputTokens.total).toBeUndefined();
    expect(asked.map(({ path }) => path)).toEqual(Array(4).fill("/v1/moderations"));
    const url = `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`;
    expect(asked.map(({ body }) => body)).toEqual([
      { model: "omni-moderation-latest", input: ["a", "one"] },
      { model: "omni-moderation-latest", input: [one, { type: "image_url", image_url: { url: image.data } }] },
      { model: "omni-moderation-latest", input: [{ type: "image_url", image_url: { url } }] },
      { model: "omni-moderation-latest", input: ["b"] },
    ]);
  });

  it("splits many texts, and asks nothing of none", async () => {
    answers = [verdicts(...Array(32).fill(false)), verdicts(true)];
    const { results } = await own.moderate({ model, values: Array(33).fill("a") });
    expect(results).toHaveLength(33);
    expect(results[32]?.flagged).toBe(true);
    asked = [];
    expect((await own.moderate({ model, values: [] })).results).toEqual([]);
    expect(asked).toEqual([]);
  });

  it("never leaves out an image", async () => {
    const values = [[one, { type: "image", data: { fileId: "f" } } as const]];
    await expect(own.moderate({ model, values, dropParams: true })).rejects.toMatchObject({
      kind: "unsupported",
      parameter: "values[0]",
    });
    expect(asked).toEqual([]);
  });

  it.each([
    ["too few verdicts", { results: [verdict(true)] }, "malformed-response"],
    ["a verdict without words", { results: [{}, null] }, "malformed-response"],
    ["nothing of the kind", {}, "malformed-response"],
    ["null", null, "malformed-response"],
    ["an error", { error: { message: "x", code: "invalid_api_key" } }, "authentication"],
  ])("%s under a 200 is told as such", async (_, body, kind) => {
    answers = [json(body)];
    await expect(own.moderate({ model, values: ["a", "b"] })).rejects.toMatchObject({ kind });
  });

  it("keeps categories of any name", async () => {
    answers = [
      { body: '{"results":[{"flagged":true,"categories":{"__proto__":true},"category_scores":{"__proto__":1}}]}' },
    ];
    const { results } = await own.moderate({ model, values: ["a"] });
    expect(Object.entries(results[0]!.categories)).toEqual([["__proto__", true]]);
    expect(Object.getPrototypeOf(results[0]!.scores)).toBe(Object.prototype);
  });
});

describe("every one of them", () => {
  const calls: [string, (llm: LLM, more?: { signal?: AbortSignal }) => Promise<unknown>][] = [
    ["transcribe", (llm, more) => llm.transcribe({ model: "openai/whisper-1", audio: bytes(wav), ...more })],
    ["speak", (llm, more) => llm.speak({ model: "openai/tts-1", text: "Hi", ...more })],
    ["generateImage", (llm, more) => llm.generateImage({ model: "openai/gpt-image-2", prompt: "Hi", ...more })],
    ["moderate", (llm, more) => llm.moderate({ model: "openai/omni-moderation-latest", values: ["Hi"], ...more })],
  ];

  it.each(calls)("%s tells a wrong key without showing it", async (_, call) => {
    const message = `Incorrect API key provided: ${apiKey}`;
    answers = [json({ error: { message, type: "invalid_request_error", code: "invalid_api_key" } }, 401)];
    const error = await call(own).catch((error: unknown) => error);
    expect(error).toMatchObject({ kind: "authentication", status: 401, requestId: "req_1", provider: "openai" });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(apiKey);
  });

  it.each(calls)("%s tells a page of a wrong URL with the URL", async (name, call) => {
    answers = [{ status: 404, body: "<html>nginx", headers: { "content-type": "text/html" } }];
    const path = {
      transcribe: "audio/transcriptions",
      speak: "audio/speech",
      generateImage: "images/generations",
      moderate: "moderations",
    };
    await expect(call(own)).rejects.toMatchObject({
      kind: "not-found",
      message: expect.stringContaining(path[name as "speak"]),
    });
    answers = [{ body: "<html>Login", headers: { "content-type": "text/html" } }];
    await expect(call(own)).rejects.toMatchObject({
      kind: "malformed-response",
      message: expect.stringContaining("not JSON"),
    });
  });

  it.each(calls)("%s keeps how long to wait", async (_, call) => {
    answers = [
      {
        ...json({ error: { message: "slow down", code: "rate_limit_exceeded" } }, 429),
        headers: { "retry-after": "7" },
      },
    ];
    await expect(call(own)).rejects.toMatchObject({ kind: "rate-limit", retryAfter: 7000, retryable: true });
  });

  it.each(calls)("%s is a connection error where the answer is cut", async (_, call) => {
    answers = [{ body: '{"a":1}', headers: { "content-length": "7" }, cut: true }];
    await expect(call(own)).rejects.toMatchObject({ kind: "connection", retryable: true });
  });

  it.each(calls)("%s closes its connection when it is told to stop", async (_, call) => {
    const controller = new AbortController();
    await new Promise<void>((closed, failed) => {
      answers = [{ body: "", held: { came: () => controller.abort(), closed } }];
      expect(call(own, { signal: controller.signal }))
        .rejects.toMatchObject({ kind: "aborted" })
        .catch(failed);
    });
  });
});
