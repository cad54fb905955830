import { collect, type GenerateRequest } from "@llmux/core";
import { type Recording, ReplayServer } from "@llmux/test-support";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { vertexAI } from "./index.js";

const json = (body: unknown, status = 200): Recording => ({
  id: "made",
  provider: "vertex",
  api: "generateContent",
  scenario: "made",
  wire: "json",
  request: {},
  response: { status, body },
  expected: undefined,
});
const OK = { candidates: [{ content: { parts: [{ text: "ok" }] }, finishReason: "STOP" }] };
const MESSAGE = {
  id: "m",
  type: "message",
  role: "assistant",
  content: [{ type: "text", text: "ok" }],
  stop_reason: "end_turn",
  usage: {},
};
const request: GenerateRequest = { model: "gemini-2.5-flash", messages: [{ role: "user", content: "Hi" }] };

let server: ReplayServer;
beforeAll(async () => {
  server = await ReplayServer.start();
});
afterAll(() => server.stop());
beforeEach(() => server.serve(json(OK)));
afterEach(() => vi.doUnmock("@anthropic-ai/vertex-sdk"));

const last = () => server.requests.at(-1)!;

describe("credentials", () => {
  it("are a token, asked for with each request", async () => {
    let calls = 0;
    const accessToken = async () => `token-${++calls}`;
    const backend = vertexAI({ project: "p", location: "eu", accessToken, baseURL: server.url }).createBackend();
    await backend.generate(request);
    await backend.generate(request);
    expect(last().path).toBe(
      "/v1beta1/projects/p/locations/eu/publishers/google/models/gemini-2.5-flash:generateContent",
    );
    expect(last().headers.authorization).toBe("Bearer token-2");
    expect(last().headers).not.toHaveProperty("x-goog-api-key");
  });

  it("are a key without a project, in express mode", async () => {
    const variables = { GOOGLE_API_KEY: "express", GOOGLE_VERTEX_BASE_URL: server.url };
    await vertexAI.createBackend({ variables }).generate(request);
    expect(last()).toMatchObject({
      path: "/v1beta1/publishers/google/models/gemini-2.5-flash:generateContent",
      headers: { "x-goog-api-key": "express" },
    });
  });

  it("are a key with a project, where it is meant for Vertex AI", async () => {
    const variables = {
      GOOGLE_CLOUD_PROJECT: "p",
      VERTEXAI_LOCATION: "us-east1",
      GOOGLE_VERTEX_API_KEY: "bound",
      GOOGLE_API_KEY: "of AI Studio",
      GOOGLE_VERTEX_BASE_URL: `${server.url}/v1`,
    };
    await vertexAI.createBackend({ variables }).generate(request);
    expect(last()).toMatchObject({
      path: "/v1/projects/p/locations/us-east1/publishers/google/models/gemini-2.5-flash:generateContent",
      headers: { "x-goog-api-key": "bound" },
    });
  });

  it("are Google's own default, or what the authentication library is told", async () => {
    const authClient = { getRequestHeaders: async () => new Headers({ authorization: "Bearer adc" }) };
    const googleAuthOptions = { authClient: authClient as never };
    await vertexAI({ project: "p", googleAuthOptions, baseURL: server.url }).createBackend().generate(request);
    expect(last().headers.authorization).toBe("Bearer adc");
  });

  it("that can't be had are an authentication error, of Gemini and of Claude", async () => {
    const authClient = {
      getRequestHeaders: async () => {
        throw new Error("Could not load the default credentials. Browse to …");
      },
    };
    const config = { project: "p", googleAuthOptions: { authClient: authClient as never }, baseURL: server.url };
    const backend = vertexAI(config).createBackend();
    for (const model of ["gemini-2.5-flash", "claude-sonnet-4-6"]) {
      await expect(backend.generate({ ...request, model })).rejects.toMatchObject({
        kind: "authentication",
        retryable: false,
      });
      await expect(collect(backend.stream({ ...request, model }))).rejects.toMatchObject({ kind: "authentication" });
    }
  });
});

it.each(["gemini-2.5-flash", "claude-sonnet-4-6"])(
  "a token that the application can't give is told, for %s",
  async (model) => {
    const accessToken = async () => {
      throw new Error("the vault is shut");
    };
    const backend = vertexAI({ project: "p", accessToken, baseURL: server.url }).createBackend();
    await expect(backend.generate({ ...request, model })).rejects.toMatchObject({
      kind: "authentication",
      message: expect.stringContaining("the vault is shut"),
      provider: "vertex_ai",
    });
  },
);

describe("Claude", () => {
  const backend = () =>
    vertexAI({
      project: "p",
      location: "us-east5",
      accessToken: async () => "tok",
      baseURL: server.url,
      headers: { "x-a": "1" },
    }).createBackend();

  it.each([
    "claude-sonnet-4-5@20250929",
    "anthropic/claude-sonnet-4-5@20250929",
    "publishers/anthropic/models/claude-sonnet-4-5@20250929",
  ])("speaks Anthropic's protocol: %s", async (model) => {
    server.serve(json(MESSAGE));
    const { text, provider } = await backend().generate({ ...request, model });
    expect([text, provider]).toEqual(["ok", "vertex_ai"]);
    expect(last()).toMatchObject({
      path: "/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict",
      headers: { authorization: "Bearer tok", "x-a": "1" },
      body: { anthropic_version: expect.any(String), messages: [{ role: "user" }] },
    });
    expect(last().headers).not.toHaveProperty("x-api-key");
  });

  it("gives JSON by way of a tool, which no policy forbids, unless it thinks", async () => {
    const output = { schema: { type: "object", properties: { a: { type: "number" } } } };
    const tool_use = { type: "tool_use", id: "t", name: "output", input: { a: 1 } };
    server.serve(json({ ...MESSAGE, content: [tool_use], stop_reason: "tool_use" }));
    const model = "claude-sonnet-4-6";
    const result = await backend().generate({ ...request, model, output });
    expect([result.output, result.finishReason.unified]).toEqual([{ a: 1 }, "stop"]);
    expect(last().body).toMatchObject({ tool_choice: { type: "tool", name: "output" } });
    expect(last().body).not.toHaveProperty("output_config");
    server.serve(json({ ...MESSAGE, content: [{ type: "text", text: '{"a":2}' }] }));
    const thought = await backend().generate({ ...request, model, output, reasoning: { effort: "low" } });
    expect(thought.output).toEqual({ a: 2 });
    expect(last().body).toMatchObject({ output_config: { format: { type: "json_schema" } } });
    expect(last().body).not.toHaveProperty("tool_choice");
  });

  it("is not given Gemini's seal, nor Gemini Claude's", async () => {
    const seal = { vertex_ai: { thoughtSignature: "G" } };
    const messages: GenerateRequest["messages"] = [
      ...request.messages,
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Gemini's", signature: "G", provider: "vertex_ai", providerMetadata: seal },
          { type: "reasoning", text: "Claude's", signature: "C", provider: "vertex_ai" },
          { type: "text", text: "Hello" },
        ],
      },
      ...request.messages,
    ];
    server.serve(json(MESSAGE));
    const { warnings } = await backend().generate({ model: "claude-sonnet-4-6", messages });
    expect(last().body.messages[1].content).toEqual([
      { type: "thinking", thinking: "Claude's", signature: "C" },
      { type: "text", text: "Hello" },
    ]);
    expect(warnings).toMatchObject([{ type: "dropped" }]);
    server.serve(json(OK));
    await backend().generate({ ...request, messages });
    expect(last().body.contents[1].parts).toEqual([
      { text: "Gemini's", thought: true, thoughtSignature: "G" },
      { text: "Claude's", thought: true },
      { text: "Hello" },
    ]);
  });

  it("counts tokens", async () => {
    server.serve(json({ input_tokens: 9 }));
    expect(await backend().countTokens!({ ...request, model: "claude-sonnet-4-5" })).toEqual({ inputTokens: 9 });
    expect(last().path).toContain("count-tokens:rawPredict");
  });

  it("fails in its own words, once", async () => {
    server.serve(json({ type: "error", error: { type: "overloaded_error", message: "busy" } }, 529));
    const before = server.requests.length;
    await expect(backend().generate({ ...request, model: "claude-sonnet-4-5" })).rejects.toMatchObject({
      kind: "overloaded",
      status: 529,
      provider: "vertex_ai",
    });
    expect(server.requests.length - before).toBe(1);
  });

  it("needs a project", async () => {
    const express = vertexAI({ apiKey: "k", baseURL: server.url }).createBackend();
    await expect(express.generate({ ...request, model: "claude-sonnet-4-5" })).rejects.toMatchObject({
      parameter: "project",
    });
  });

  it("needs packages that the application installs", async () => {
    vi.resetModules();
    vi.doMock("@anthropic-ai/vertex-sdk", () => {
      throw Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
    });
    const { vertexAI: fresh } = await import("./vertex-ai.js");
    const call = fresh({ project: "p", accessToken: "t", baseURL: server.url })
      .createBackend()
      .generate({ ...request, model: "claude-sonnet-4-5" });
    await expect(call).rejects.toMatchObject({
      kind: "unsupported",
      message: expect.stringMatching(/npm install @anthropic-ai\/vertex-sdk$/),
    });
  });
});

describe("other calls", () => {
  const backend = () => vertexAI({ project: "p", accessToken: "t", baseURL: server.url }).createBackend();

  it("embed by predict, as many at once as the model takes", async () => {
    const predictions = (count: number) => ({
      predictions: Array.from({ length: count }, () => ({
        embeddings: { values: [1, 2], statistics: { token_count: 3 } },
      })),
    });
    server.serve(json(predictions(2)));
    const providerOptions = { vertex_ai: { taskType: "CLUSTERING", autoTruncate: false } };
    const many = { model: "text-embedding-005", values: ["a", "b"], dimensions: 2, providerOptions };
    const { embeddings, usage } = await backend().embed!(many);
    expect([embeddings.length, usage.inputTokens.total]).toEqual([2, 6]);
    expect(last()).toMatchObject({
      path: expect.stringMatching(/text-embedding-005:predict$/),
      body: {
        instances: [
          { content: "a", task_type: "CLUSTERING" },
          { content: "b", task_type: "CLUSTERING" },
        ],
        parameters: { outputDimensionality: 2, autoTruncate: false },
      },
    });
    server.serve(json(predictions(1)));
    const before = server.requests.length;
    await backend().embed!({ model: "gemini-embedding-001", values: ["a", "b", "c"] });
    await backend().embed!({ model: "text-embedding-005", values: ["a".repeat(15_000), "b".repeat(15_000)] });
    expect(server.requests.slice(before).map(({ body }) => body.instances.length)).toEqual([1, 1, 1, 1, 1]);
  });

  it("embed one by one in order, many at once", async () => {
    server.serve(json({ embedding: { values: [1] }, usageMetadata: { promptTokenCount: 2 } }));
    const before = server.requests.length;
    const values = Array.from({ length: 11 }, (_, index) => String(index));
    const { embeddings, usage } = await backend().embed!({ model: "gemini-embedding-2", values, dimensions: 1 });
    expect([embeddings.length, usage.inputTokens.total]).toEqual([11, 22]);
    expect(
      server.requests
        .slice(before)
        .map(({ body }) => body.content.parts[0].text)
        .sort(),
    ).toEqual([...values].sort());
    expect(last().body.embedContentConfig).toEqual({ outputDimensionality: 1 });
  });

  it("list Google's models", async () => {
    server.serve(json({ publisherModels: [{ name: "publishers/google/models/gemini-2.5-pro" }] }));
    expect((await backend().listModels!()).map(({ id }) => id)).toEqual(["gemini-2.5-pro"]);
    expect(last().path).toBe("/v1beta1/publishers/google/models?pageSize=1000");
  });
});
