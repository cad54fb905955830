import { LLMock } from "@copilotkit/aimock";
import { createLLM, type LLM } from "@llmux/core";
import { type Recording, ReplayServer } from "@llmux/test-support";
import { AzureOpenAI } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { azure } from "./index.js";

const apiKey = "0123456789abcdef0123456789abcdef";
const wav = new TextEncoder().encode("RIFF....WAVEfmt la la la");
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

let server: ReplayServer;
beforeAll(async () => {
  server = await ReplayServer.start();
});
afterAll(() => server.stop());

const answer = (body: unknown, status = 200, headers = {}): Recording => ({
  id: "own",
  provider: "azure",
  api: "other",
  scenario: "own",
  wire: "json",
  request: {},
  response: { status, body, headers },
  expected: undefined,
});
const last = (): (typeof server.requests)[number] => server.requests.at(-1)!;
const make = (path = "", config = {}): LLM =>
  createLLM({ adapters: [azure({ baseURL: server.url + path, apiKey, ...config })] });

type Call = (llm: LLM, model: string) => Promise<object>;
const transcribe: Call = (llm, model) => llm.transcribe({ model: `azure/${model}`, audio: wav });
const speak: Call = (llm, model) => llm.speak({ model: `azure/${model}`, text: "Hi" });
const draw: Call = (llm, model) => llm.generateImage({ model: `azure/${model}`, prompt: "Hi", user: "u" });
const edit: Call = (llm, model) => llm.generateImage({ model: `azure/${model}`, prompt: "Hi", images: [png] });

const transcript = answer({ text: "Hello" });
const speech = answer("la la", 200, { "content-type": "audio/mpeg" });
const image = answer({ data: [{ b64_json: base64(png), content_filter_results: {} }] });

const DATED = "api-version=2025-04-01-preview";
const calls: [name: string, call: Call, served: Recording, operation: string, undated: boolean][] = [
  ["transcribe", transcribe, transcript, "audio/transcriptions", false],
  ["speak", speak, speech, "audio/speech", true],
  ["generateImage", draw, image, "images/generations", false],
  ["generateImage from images", edit, image, "images/edits", true],
];

describe.each(calls)("%s", (_, call, served, operation, undated) => {
  it("goes to the deployment", async () => {
    server.serve(served);
    const result = await call(make("", { apiVersion: "2025-04-01-preview" }), "my-own");
    expect(last().path).toBe(`/openai/deployments/my-own/${operation}?${DATED}`);
    expect(last().headers["api-key"]).toBe(apiKey);
    expect(last().headers.authorization).toBeUndefined();
    expect(result).toMatchObject({ provider: "azure", model: "my-own", warnings: [] });
  });

  it("goes to what has it, where no version is said", async () => {
    server.serve(served);
    await call(make(), "my-own");
    const path = undated
      ? `/openai/v1/${operation}?api-version=preview`
      : `/openai/deployments/my-own/${operation}?api-version=2024-10-21`;
    expect(last().path).toBe(path);
    await call(make("/openai/v1"), "my-own");
    expect(last().path).toBe(`/openai/v1/${operation}`);
    expect(JSON.stringify(last().body)).toContain("my-own");
  });

  it("goes to the deployment of a full URL for it, and not to that of one for something else", async () => {
    server.serve(served);
    await call(make(`/openai/deployments/from-url/${operation}?${DATED}`), "my-own");
    expect(last().path).toBe(`/openai/deployments/from-url/${operation}?${DATED}`);
    await call(make(`/openai/deployments/chat/chat/completions?${DATED}`), "my-own");
    expect(last().path).toBe(`/openai/deployments/my-own/${operation}?${DATED}`);
  });

  it("goes through a client that is handed in, and signs in with Microsoft Entra ID", async () => {
    server.serve(served);
    const client = new AzureOpenAI({ apiKey, endpoint: server.url, apiVersion: "2025-04-01-preview" });
    await call(createLLM({ adapters: [azure({ client })] }), "my-own");
    expect(last().path).toBe(`/openai/deployments/my-own/${operation}?${DATED}`);
    await call(make("", { apiKey: undefined, azureADTokenProvider: async () => "entra" }), "my-own");
    expect(last().headers).toMatchObject({ authorization: "Bearer entra" });
  });

  it("names a deployment that is not there, and shows no key", async () => {
    server.serve(answer({ error: { code: "DeploymentNotFound", message: "It does not exist." } }, 404));
    await expect(call(make(), "my-own")).rejects.toMatchObject({
      kind: "not-found",
      code: "DeploymentNotFound",
      message: expect.stringContaining('"my-own"'),
    });
    server.serve(answer({ error: { code: "401", message: `Access denied for ${apiKey}` } }, 401));
    const error = await call(make(), "my-own").catch((error: unknown) => error);
    expect(error).toMatchObject({ kind: "authentication", status: 401 });
    expect(String((error as Error).message)).not.toContain(apiKey);
  });
});

describe("what is asked and answered", () => {
  it("is as with OpenAI, by the deployment's name", async () => {
    server.serve(transcript);
    await transcribe(make(), "whisper");
    expect(last().body).toContain("verbose_json");
    await transcribe(make(), "my-own");
    expect(last().body).not.toContain("verbose_json");
    server.serve(image);
    expect(await draw(make(), "dall-e-3")).toMatchObject({
      images: [{ data: expect.any(Uint8Array), mediaType: "image/png" }],
    });
    expect(last().body).toEqual({ model: "dall-e-3", prompt: "Hi", user: "u", response_format: "b64_json" });
    server.serve(speech);
    expect(Buffer.from((await make().speak({ model: "azure/tts", text: "Hi" })).audio).toString()).toBe("la la");
  });

  it("a refused prompt is content-policy", async () => {
    const error = { code: "contentFilter", message: "Your task failed as a result of our safety system." };
    server.serve(answer({ error }, 400));
    await expect(draw(make(), "gpt-image")).rejects.toMatchObject({ kind: "content-policy", status: 400 });
  });
});

describe("moderation", () => {
  it("is not there", async () => {
    expect(azure({ baseURL: server.url, apiKey }).createBackend().moderate).toBeUndefined();
    await expect(make().moderate({ model: "azure/omni", values: ["a"] })).rejects.toMatchObject({
      kind: "unsupported",
    });
  });
});

describe("against a provider of somebody else's making", () => {
  const mock = new LLMock({ port: 0 });
  let llm: LLM;
  beforeAll(async () => {
    await mock.start();
    // It knows the paths of OpenAI alone for these.
    llm = createLLM({ adapters: [azure({ baseURL: `${mock.url}/v1`, apiKey })] });
  });
  afterAll(() => mock.stop());

  it("writes down, speaks and draws", async () => {
    mock.onTranscription({
      transcription: { text: "Hello", usage: { type: "tokens", input_tokens: 2, output_tokens: 1 } },
    });
    mock.onSpeech("Hi", { audio: base64(wav), format: "wav" });
    mock.onImage("Hi", { image: { b64Json: base64(png) } });
    expect(await transcribe(llm, "my-own")).toMatchObject({ text: "Hello", usage: { inputTokens: { total: 2 } } });
    expect(await speak(llm, "my-own")).toMatchObject({ mediaType: "audio/wav", audio: { length: wav.length } });
    for (const call of [draw, edit])
      expect(await call(llm, "my-own")).toMatchObject({ images: [{ mediaType: "image/png" }] });
    mock.setChaos({ rateLimitRate: 1 });
    for (const call of [transcribe, speak, draw, edit])
      await expect(call(llm, "my-own")).rejects.toMatchObject({ kind: "rate-limit", retryAfter: expect.any(Number) });
  });
});
