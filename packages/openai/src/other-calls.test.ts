import { inspect } from "node:util";
import type { LLM } from "@llmux/core";
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

describe("every one of them", () => {
  const calls: [string, (llm: LLM, more?: { signal?: AbortSignal }) => Promise<unknown>][] = [
    ["transcribe", (llm, more) => llm.transcribe({ model: "openai/whisper-1", audio: bytes(wav), ...more })],
    ["speak", (llm, more) => llm.speak({ model: "openai/tts-1", text: "Hi", ...more })],
    ["generateImage", (llm, more) => llm.generateImage({ model: "openai/gpt-image-2", prompt: "Hi", ...more })],
    ["moderate", (llm, more) => llm.moderate({ model: "openai/omni-moderation-latest", values: ["Hi"], ...more })],
  ];

  it.each(calls)("%s tells a wrong key without showing it", async (_, call) => {
    const message = `Incorrect API key provided: ${apiKey}`;
    server.answers = [json({ error: { message, type: "invalid_request_error", code: "invalid_api_key" } }, 401)];
    const error = await call(server.own).catch((error: unknown) => error);
    expect(error).toMatchObject({ kind: "authentication", status: 401, requestId: "req_1", provider: "openai" });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(apiKey);
  });

  it.each(calls)("%s tells a page of a wrong URL with the URL", async (name, call) => {
    server.answers = [{ status: 404, body: "<html>nginx", headers: { "content-type": "text/html" } }];
    const path = {
      transcribe: "audio/transcriptions",
      speak: "audio/speech",
      generateImage: "images/generations",
      moderate: "moderations",
    };
    await expect(call(server.own)).rejects.toMatchObject({
      kind: "not-found",
      message: expect.stringContaining(path[name as "speak"]),
    });
    server.answers = [{ body: "<html>Login", headers: { "content-type": "text/html" } }];
    await expect(call(server.own)).rejects.toMatchObject({
      kind: "malformed-response",
      message: expect.stringContaining("not JSON"),
    });
  });

  it.each(calls)("%s keeps how long to wait", async (_, call) => {
    server.answers = [
      {
        ...json({ error: { message: "slow down", code: "rate_limit_exceeded" } }, 429),
        headers: { "retry-after": "7" },
      },
    ];
    await expect(call(server.own)).rejects.toMatchObject({ kind: "rate-limit", retryAfter: 7000, retryable: true });
  });

  it.each(calls)("%s is a connection error where the answer is cut", async (_, call) => {
    server.answers = [{ body: '{"a":1}', headers: { "content-length": "7" }, cut: true }];
    await expect(call(server.own)).rejects.toMatchObject({ kind: "connection", retryable: true });
  });

  it.each(calls)("%s closes its connection when it is told to stop", async (_, call) => {
    const controller = new AbortController();
    await new Promise<void>((closed, failed) => {
      server.answers = [{ body: "", held: { came: () => controller.abort(), closed } }];
      expect(call(server.own, { signal: controller.signal }))
        .rejects.toMatchObject({ kind: "aborted" })
        .catch(failed);
    });
  });
});
