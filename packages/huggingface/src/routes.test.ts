import { InferenceClient } from "@huggingface/inference";
import type { GenerateRequest } from "@llmux/core";
import { collect } from "@llmux/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { huggingface } from "./index.js";

const TOKEN = "hf_abcdefgh12345678";
const printed = (["log", "warn", "error", "info", "debug"] as const).map((name) => vi.spyOn(console, name));
const requests: { url: string; headers: Headers; body: any; signal: AbortSignal | undefined }[] = [];
let answer: (url: string) => Response;
let mapping: unknown;
const fetch = (async (input: unknown, init?: RequestInit): Promise<Response> => {
  const url = String(input);
  const body = typeof init?.body === "string" ? JSON.parse(init.body) : init?.body;
  requests.push({ url, headers: new Headers(init?.headers), body, signal: init?.signal ?? undefined });
  if (url.startsWith("https://huggingface.co/api/models/")) return Response.json({ inferenceProviderMapping: mapping });
  return answer(url);
}) as typeof globalThis.fetch;
const backend = huggingface({ apiKey: TOKEN, fetch, billTo: "acme", headers: { "x-team": "a" } }).createBackend();
const say = (model: string): GenerateRequest => ({ model, messages: [{ role: "user", content: "Hello" }] });
const reply = { id: "1", choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] };
const caught = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.fail("did not fail"),
    (error: unknown) => error,
  );

beforeEach(() => {
  requests.length = 0;
  answer = () => Response.json(reply);
});
afterEach(() => {
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
});

describe("chat", () => {
  it.each([
    ["org/chat", "org/chat"],
    ["org/chat:groq", "org/chat:groq"],
    ["org/chat:fastest", "org/chat:fastest"],
    ["org/chat:auto", "org/chat"],
    ["together/org/chat", "org/chat:together"],
  ])("%s goes to the router as %s, without asking the Hub", async (model, sent) => {
    expect((await backend.generate(say(model))).text).toBe("Hi");
    expect(requests.map(({ url }) => url)).toEqual(["https://router.huggingface.co/v1/chat/completions"]);
    expect(requests[0]?.body).toEqual({ model: sent, messages: [{ role: "user", content: "Hello" }] });
    expect(requests[0]?.headers.get("authorization")).toBe(`Bearer ${TOKEN}`);
    expect(requests[0]?.headers.get("x-hf-bill-to")).toBe("acme");
    expect(requests[0]?.headers.get("x-team")).toBe("a");
  });

  it("with a provider's own key goes straight to it, under the provider's name of the model", async () => {
    mapping = [
      { provider: "groq", providerId: "chat-on-groq", hfModelId: "org/direct", status: "live", task: "conversational" },
    ];
    const direct = huggingface({ apiKey: "gsk_abcdefgh12345678", fetch }).createBackend();
    await direct.generate(say("groq/org/direct"));
    expect(requests.map(({ url }) => url)).toEqual([
      "https://huggingface.co/api/models/org/direct?expand[]=inferenceProviderMapping",
      "https://api.groq.com/openai/v1/chat/completions",
    ]);
    // Another's key is nothing for the Hub.
    expect(requests[0]?.headers.has("authorization")).toBe(false);
    expect(requests[1]?.body.model).toBe("chat-on-groq");
    const error = await caught(direct.generate(say("org/direct")));
    expect(error).toMatchObject({ kind: "authentication", message: expect.stringMatching(/org\/model:provider/) });
  });

  it.each([
    ["http://tgi:8080", "http://tgi:8080/v1/chat/completions"],
    ["http://tgi:8080/v1/", "http://tgi:8080/v1/chat/completions"],
    ["https://x.endpoints.huggingface.cloud", "https://x.endpoints.huggingface.cloud/v1/chat/completions"],
    ["https://router.huggingface.co/v1", "https://router.huggingface.co/v1/chat/completions"],
  ])("%s is asked at %s, keyless too", async (baseURL, url) => {
    const own = huggingface({ baseURL, fetch, ...(baseURL.includes("router") && { apiKey: TOKEN }) }).createBackend();
    await own.generate(say("org/chat:groq"));
    expect(requests).toMatchObject([{ url, body: { model: "org/chat:groq" } }]);
    expect(requests[0]?.headers.has("authorization")).toBe(baseURL.includes("router"));
  });

  it("takes a ready client, with its token, its endpoint and its fetch", async () => {
    const routed = huggingface({ client: new InferenceClient(TOKEN, { fetch }) }).createBackend();
    expect((await routed.generate(say("org/chat"))).text).toBe("Hi");
    const client = new InferenceClient(TOKEN, { fetch, endpointUrl: "http://tgi:8080/" });
    const own = huggingface({ client, headers: { "x-team": "b" } }).createBackend();
    answer = () =>
      new Response(`data: ${JSON.stringify({ choices: [{ delta: { content: "Hi" } }] })}\n\ndata: [DONE]\n\n`);
    expect((await collect(own.stream(say("tgi")))).text).toBe("Hi");
    expect(requests.map(({ url }) => url)).toEqual([
      "https://router.huggingface.co/v1/chat/completions",
      "http://tgi:8080/v1/chat/completions",
    ]);
    expect(requests[1]?.headers.get("x-team")).toBe("b");
    expect(requests[1]?.headers.get("authorization")).toBe(`Bearer ${TOKEN}`);
  });

  it("sends no key to where the model's name says", async () => {
    const error = await caught(backend.generate(say("https://evil.example/v1")));
    expect(error).toMatchObject({ kind: "invalid-request", parameter: "model" });
    expect(requests).toEqual([]);
  });
});

describe("other tasks", () => {
  const served = (task: string, provider = "hf-inference", hfModelId = "org/m"): object[] => [
    { provider: "novita", providerId: "n", hfModelId, status: "live", task: "conversational" },
    { provider, providerId: "org/m", hfModelId, status: "live", task },
  ];

  it("embed: the Hub is asked who serves the model, batches keep their order", async () => {
    mapping = served("sentence-similarity");
    answer = () => Response.json(requests.at(-1)!.body.inputs.map((text: string) => [Number(text), 1]));
    const values = Array.from({ length: 70 }, (_, index) => String(index));
    const { embeddings, usage } = await backend.embed!({
      model: "org/embed",
      values,
      dimensions: 2,
      providerOptions: { huggingface: { normalize: true } },
    });
    expect(embeddings.map(([first]) => first)).toEqual(values.map(Number));
    expect(usage.inputTokens.total).toBeUndefined();
    const sent = requests.filter(({ url }) => url.includes("router"));
    expect(sent.map(({ url, body }) => [url, body.inputs.length])).toEqual(
      [32, 32, 6].map((count) => [
        "https://router.huggingface.co/hf-inference/models/org/m/pipeline/feature-extraction",
        count,
      ]),
    );
    expect(sent[0]?.body).toMatchObject({ normalize: true, dimensions: 2 });
    expect(requests[0]?.headers.get("authorization")).toBe(`Bearer ${TOKEN}`);
    expect(requests[0]?.headers.has("x-team")).toBe(false);
    expect(requests.every(({ signal }) => signal !== undefined)).toBe(true);
    expect((await backend.embed!({ model: "org/embed", values: [] })).embeddings).toEqual([]);
  });

  it("embed: an endpoint is asked directly, and what is no vector a text is refused", async () => {
    const own = huggingface({ baseURL: "http://tei:8080/v1", fetch }).createBackend();
    answer = () => Response.json([[0.5, 1]]);
    const { embeddings } = await own.embed!({ model: "org/m", values: ["a"] });
    expect(embeddings).toEqual([Float32Array.of(0.5, 1)]);
    expect(requests).toMatchObject([{ url: "http://tei:8080", body: { inputs: ["a"] } }]);
    for (const bad of [[], [[1], [2]], [[[1, 2]]], {}, [["x"]]]) {
      answer = () => Response.json(bad);
      expect(await caught(own.embed!({ model: "m", values: ["a"] }))).toMatchObject({ kind: "malformed-response" });
    }
  });

  it("a model that nobody serves, and a policy that is for chat alone", async () => {
    mapping = { together: { providerId: "x", status: "live", task: "conversational" } };
    const nobody = await caught(backend.embed!({ model: "org/unserved", values: ["a"] }));
    expect(nobody).toMatchObject({
      kind: "not-found",
      parameter: "model",
      message: expect.stringContaining("org/unserved"),
    });
    const policy = await caught(backend.embed!({ model: "org/m:fastest", values: ["a"] }));
    expect(policy).toMatchObject({ kind: "invalid-request", parameter: "model" });
    mapping = undefined;
    expect(await caught(backend.embed!({ model: "org/none", values: ["a"] }))).toMatchObject({ kind: "not-found" });
    expect(await caught(backend.embed!({ model: "org/m:nobody-knows", values: ["a"] }))).toMatchObject({
      kind: "invalid-request",
    });
  });

  it("transcribe", async () => {
    mapping = served("automatic-speech-recognition", "hf-inference", "org/asr");
    answer = () =>
      Response.json({
        text: "Good morning",
        chunks: [
          { text: "Good", timestamp: [0, 0.5] },
          { text: "morning", timestamp: [0.5, null] },
        ],
      });
    const audio = new TextEncoder().encode("ID3-sound");
    const result = await backend.transcribe!({ model: "org/asr", audio, mediaType: "audio/mpeg" });
    expect(result).toMatchObject({ text: "Good morning", segments: [{ text: "Good", start: 0, end: 0.5 }], words: [] });
    const sent = requests.at(-1);
    expect(sent?.url).toBe("https://router.huggingface.co/hf-inference/models/org/m");
    expect(sent?.body).toBeInstanceOf(Blob);
    expect([sent?.body.type, await sent?.body.text()]).toEqual(["audio/mpeg", "ID3-sound"]);
    for (const parameter of ["language", "prompt", "temperature"]) {
      const call = backend.transcribe!({ model: "org/asr", audio, mediaType: "audio/mpeg", [parameter]: "en" });
      expect(await caught(call)).toMatchObject({ kind: "unsupported", parameter });
    }
    const linked = backend.transcribe!({ model: "org/asr", audio: "https://example.com/a.mp3" });
    expect(await caught(linked)).toMatchObject({ kind: "unsupported", parameter: "audio" });
    answer = () => Response.json({ no: "text" });
    expect(await caught(backend.transcribe!({ model: "org/asr", audio, mediaType: "audio/mpeg" }))).toMatchObject({
      kind: "malformed-response",
    });
  });

  it("speak", async () => {
    mapping = served("text-to-speech", "hf-inference", "org/tts");
    answer = () => new Response("sound", { headers: { "content-type": "audio/flac", "x-request-id": "r" } });
    const result = await backend.speak!({
      model: "org/tts",
      text: "Hello",
      voice: "ann",
      providerOptions: { huggingface: { parameters: { pitch: 2 } } },
    });
    expect(new TextDecoder().decode(result.audio)).toBe("sound");
    expect(result).toMatchObject({ mediaType: "audio/flac", response: { requestId: "r" } });
    expect(requests.at(-1)?.body).toEqual({ inputs: "Hello", parameters: { voice: "ann", pitch: 2 } });
    expect(await caught(backend.speak!({ model: "org/tts", text: "x", speed: 2 }))).toMatchObject({
      kind: "unsupported",
      parameter: "speed",
    });
    answer = () => Response.json({ no: "sound" });
    expect(await caught(backend.speak!({ model: "org/tts", text: "x" }))).toMatchObject({ kind: "malformed-response" });
  });

  it("generateImage, and out of another", async () => {
    mapping = [
      ...served("text-to-image", "hf-inference", "org/draw"),
      { provider: "hf-inference", providerId: "org/m", hfModelId: "org/draw", status: "live", task: "image-to-image" },
    ];
    answer = () => new Response("pixels", { headers: { "content-type": "image/png" } });
    const { images } = await backend.generateImage!({
      model: "org/draw",
      prompt: "a cat",
      size: "512x256",
      seed: 3,
      providerOptions: { huggingface: { parameters: { guidance_scale: 4 } } },
    });
    expect(images).toEqual([{ data: new TextEncoder().encode("pixels"), mediaType: "image/png" }]);
    expect(requests.at(-1)?.body).toEqual({
      inputs: "a cat",
      parameters: { width: 512, height: 256, seed: 3, guidance_scale: 4 },
    });
    mapping = served("image-to-image", "hf-inference", "org/redraw");
    const edited = await backend.generateImage!({
      model: "org/redraw",
      prompt: "as a dog",
      images: ["iVBORw0KGgoAAAANSUhEUg=="],
    });
    expect(edited.images).toHaveLength(1);
    expect(requests.at(-1)?.body).toEqual({ inputs: "iVBORw0KGgoAAAANSUhEUg==", parameters: { prompt: "as a dog" } });
    for (const rest of [
      { n: 2 },
      { aspectRatio: "1:1" },
      { mask: "iVBORw0KGgo=" },
      { images: ["iVBORw0KGgo=", "iVBORw0KGgo="] },
    ] as object[]) {
      const error = await caught(backend.generateImage!({ model: "org/draw", prompt: "x", ...rest }));
      expect(error).toMatchObject({ kind: "unsupported", parameter: Object.keys(rest)[0] });
    }
    const linked = backend.generateImage!({ model: "org/redraw", prompt: "x", images: ["https://example.com/a.png"] });
    expect(await caught(linked)).toMatchObject({ kind: "unsupported", parameter: "images" });
  });

  it("generateImage by a provider that gives a URL", async () => {
    mapping = [
      { provider: "together", providerId: "flux", hfModelId: "org/flux", status: "live", task: "text-to-image" },
    ];
    answer = () => Response.json({ data: [{ url: "https://img.example/1.png" }] });
    const { images } = await backend.generateImage!({ model: "org/flux:together", prompt: "a cat" });
    expect(images).toEqual([{ url: "https://img.example/1.png" }]);
    expect(requests.at(-1)).toMatchObject({
      url: "https://router.huggingface.co/together/v1/images/generations",
      body: { model: "flux", prompt: "a cat" },
    });
  });

  it("lists the router's models, or an endpoint's", async () => {
    answer = () =>
      Response.json({
        data: [
          { id: "org/a", created: 1_700_000_000, owned_by: "org", providers: [{ provider: "groq" }] },
          null,
          { id: "org/b" },
        ],
      });
    const models = await backend.listModels!();
    expect(models.map(({ id, ownedBy, createdAt }) => [id, ownedBy, createdAt?.getTime()])).toEqual([
      ["org/a", "org", 1_700_000_000_000],
      ["org/b", undefined, undefined],
    ]);
    expect(models[0]?.raw).toMatchObject({ providers: [{ provider: "groq" }] });
    await huggingface({ baseURL: "http://tgi:8080", fetch }).createBackend().listModels!();
    expect(requests.map(({ url }) => url)).toEqual([
      "https://router.huggingface.co/v1/models",
      "http://tgi:8080/v1/models",
    ]);
    answer = () => Response.json({ data: {} });
    expect(await caught(backend.listModels!())).toMatchObject({ kind: "malformed-response" });
  });
});

describe("configuration", () => {
  it("asks for a token, and reads it from the usual variables", async () => {
    expect(() => huggingface().createBackend({ variables: {} })).toThrow(/HF_TOKEN/);
    const settings = await huggingface.describe({
      variables: { HUGGINGFACEHUB_API_TOKEN: TOKEN, HF_API_BASE: "http://tgi:8080/" },
    });
    expect(settings).toMatchObject([
      { field: "apiKey", source: "HUGGINGFACEHUB_API_TOKEN", value: expect.not.stringContaining("abcdefgh") },
      { field: "baseURL", value: "http://tgi:8080", source: "HF_API_BASE" },
    ]);
  });
});
