import type { TranscribeRequest } from "@llmux/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AskedServer, apiKey, json } from "./asked-server.test-help.js";

let server: AskedServer;
beforeAll(async () => {
  server = await AskedServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.asked = [];
});

const wav = "RIFF....WAVEfmt la la la";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("transcribe", () => {
  const request: TranscribeRequest = { model: "openai/whisper-1", audio: bytes(wav) };
  const timed = { text: "Hi you", language: "english", duration: 1.5, segments: [], words: [] };

  it("sends a form, and reads all that Whisper says", async () => {
    server.answers = [
      json({
        ...timed,
        segments: [{ id: 0, text: " Hi you", start: 0, end: 1.5, tokens: [1], avg_logprob: -0.2 }],
        words: [{ word: "Hi", start: 0, end: 0.5 }],
        usage: { type: "duration", seconds: 2 },
      }),
    ];
    const result = await server.own.transcribe({
      ...request,
      language: "en",
      prompt: "Names: Ann",
      temperature: 0.2,
      timestamps: ["word", "segment"],
      headers: { "x-extra": "1" },
    });
    expect(server.last()).toMatchObject({
      path: "/v1/audio/transcriptions",
      headers: { authorization: `Bearer ${apiKey}`, "x-extra": "1", "x-stainless-retry-count": "0" },
    });
    const { file, ...rest } = server.fields();
    expect(await server.file("file")).toEqual(["audio.wav", "audio/wav", wav]);
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
      server.answers = [json(timed)];
      await server.own.transcribe({ ...request, model: `openai/${model}`, ...more });
      const { response_format, chunking_strategy, "timestamp_granularities[]": granularities } = server.fields();
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
    server.answers = [json({ task: "transcribe", duration: 1, text: "Hi", segments: [segment], usage })];
    const result = await server.own.transcribe({ ...request, model: "openai/gpt-4o-transcribe-diarize" });
    expect(result.segments).toEqual([{ text: "Hi", start: 0, end: 1, speaker: "A" }]);
    expect(result).toMatchObject({
      duration: 1,
      usage: { inputTokens: { total: 5 }, outputTokens: { total: 2 }, raw: usage },
    });
  });

  it("takes other formats than JSON, and the language and the length where another model says them", async () => {
    server.answers = [{ body: "1\n00:00:00 --> 00:00:01\nHi\n", headers: { "content-type": "text/plain" } }];
    const srt = await server.own.transcribe({ ...request, providerOptions: { openai: { response_format: "srt" } } });
    expect(srt.text).toBe("1\n00:00:00 --> 00:00:01\nHi\n");
    server.answers = [json({ text: "Hi", languages: [{ code: "de" }], usage: { type: "duration", seconds: 3 } })];
    expect(await server.own.transcribe({ ...request, model: "openai/gpt-transcribe" })).toMatchObject({
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
    server.answers = [json(timed)];
    await server.own.transcribe({ ...request, audio });
    expect((await server.file("file")).slice(0, 2)).toEqual([name, type]);
  });

  it("takes the caller's word for it", async () => {
    server.answers = [json(timed)];
    await server.own.transcribe({ ...request, audio: bytes("??"), mediaType: "audio/x-wav", filename: "talk.wav" });
    expect((await server.file("file")).slice(0, 2)).toEqual(["talk.wav", "audio/x-wav"]);
    await server.own.transcribe({ ...request, audio: bytes("??"), mediaType: "audio/x-wav" });
    expect((server.fields().file as File[])[0]?.name).toBe("audio.wav");
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
    server.answers = [json(timed)];
    await expect(server.own.transcribe({ ...request, ...more })).rejects.toMatchObject({ kind, parameter });
    expect(server.asked).toEqual([]);
  });

  it("drops what it may", async () => {
    server.answers = [json({ text: "Hi", segments: [{ text: "Hi", start: 0, end: 1 }] })];
    const result = await server.own.transcribe({
      ...request,
      model: "openai/gpt-4o-transcribe",
      timestamps: ["segment"],
      dropParams: true,
    });
    expect(result.warnings).toMatchObject([{ type: "dropped", parameter: "timestamps" }]);
    expect(result.segments).toEqual([]);
    await server.own.transcribe({ ...request, dropParams: true, providerOptions: { openai: { stream: true } } });
    expect(server.fields()).not.toHaveProperty("stream");
  });
});
