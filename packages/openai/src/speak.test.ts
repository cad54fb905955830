import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Answer, AskedServer, apiKey, json } from "./asked-server.test-help.js";

let server: AskedServer;
beforeAll(async () => {
  server = await AskedServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.asked = [];
});

describe("speak", () => {
  const request = { model: "openai/gpt-4o-mini-tts", text: "Good day" };
  const mp3: Answer = { body: Uint8Array.of(0xff, 0xfb, 1, 2), headers: { "content-type": "audio/mpeg; charset=x" } };

  it("sends the text, and gives the bytes", async () => {
    server.answers = [mp3];
    const { audio, mediaType, response, usage } = await server.own.speak({
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
    expect(server.last()).toMatchObject({ path: "/v1/audio/speech", headers: { authorization: `Bearer ${apiKey}` } });
    expect(server.last().body).toEqual({
      model: "gpt-4o-mini-tts",
      input: "Good day",
      voice: "nova",
      instructions: "Softly",
      response_format: "mp3",
      speed: 1.2,
    });
  });

  it("has a voice where none is named, and takes the provider's own parameters", async () => {
    server.answers = [mp3];
    await server.own.speak(request);
    expect(server.last().body).toEqual({ model: "gpt-4o-mini-tts", input: "Good day", voice: "alloy" });
    await server.own.speak({ ...request, providerOptions: { openai: { voice: { id: "voice_1" } } } });
    expect(server.last().body).toMatchObject({ voice: { id: "voice_1" } });
  });

  it.each([
    ["application/octet-stream", undefined, "audio/mpeg"],
    ["application/octet-stream", "opus", "audio/ogg"],
    ["application/octet-stream", "pcm", "audio/pcm"],
    ["audio/L16;rate=24000", "pcm", "audio/l16"],
  ])("of %s asked for as %s is %s", async (label, format, mediaType) => {
    server.answers = [{ ...mp3, headers: { "content-type": label } }];
    expect((await server.own.speak({ ...request, format })).mediaType).toBe(mediaType);
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
    server.answers = [mp3];
    await expect(server.own.speak({ ...request, ...more })).rejects.toMatchObject({ kind: "unsupported", parameter });
    expect(server.asked).toEqual([]);
    const { warnings } = await server.own.speak({ ...request, ...more, dropParams: true });
    expect(warnings).toMatchObject([{ type: "dropped", parameter }]);
    expect(Object.keys(server.last().body as object)).toEqual(["model", "input", "voice"]);
  });

  it.each([
    ["an error under a 200", json({ error: { message: "no", code: "insufficient_quota" } }), "quota-exceeded"],
    ["JSON that is no audio", json({ audio: "AAAA" }), "malformed-response"],
    ["null", json(null), "malformed-response"],
    ["a page", { body: "<html>", headers: { "content-type": "text/html" } }, "malformed-response"],
    ["nothing", { body: "", headers: { "content-type": "audio/mpeg" } }, "malformed-response"],
    ["half of it", { ...mp3, cut: true }, "connection"],
  ] as [string, Answer, string][])("%s is told as such", async (_, answer, kind) => {
    server.answers = [answer];
    await expect(server.own.speak(request)).rejects.toMatchObject({
      kind,
      provider: "openai",
      model: "gpt-4o-mini-tts",
    });
  });
});
