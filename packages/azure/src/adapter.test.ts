import { LLMock } from "@copilotkit/aimock";
import { collect, createLLM, fromEnv, type LLM, type Message } from "@llmux/core";
import { type Recording, ReplayServer } from "@llmux/test-support";
import { AzureOpenAI } from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { azure } from "./index.js";

const apiKey = "0123456789abcdef0123456789abcdef";
const hi: Message[] = [{ role: "user", content: "Hi" }];

describe("against a provider of somebody else's making", () => {
  const mock = new LLMock({ port: 0 });
  let llm: LLM;
  beforeAll(async () => {
    await mock.start();
    llm = await fromEnv({
      adapters: [azure],
      env: {
        LLM_MODEL: "azure/my-gpt",
        LLM_BASE_URL: mock.url,
        LLM_API_KEY: apiKey,
        LLM_NUM_RETRIES: "0",
        LLM_EMBEDDING_MODEL: "azureopenai",
        LLM_EMBEDDING_DEPLOYMENT_NAME: "my-embedder",
      },
    });
  });
  afterAll(() => mock.stop());
  afterEach(() => {
    mock.clearChaos();
    mock.reset();
  });

  it("chats by LLM_MODEL alone, whole and streamed", async () => {
    mock.onMessage("Hi", { content: "Hello from a deployment" });
    const whole = await llm.generate({ messages: hi });
    const streamed = await collect(llm.stream({ messages: hi }));
    expect([whole.text, streamed.text]).toEqual(Array(2).fill("Hello from a deployment"));
    expect(streamed.usage.outputTokens).toEqual(whole.usage.outputTokens);
    expect(mock.getLastRequest()?.path).toContain("/openai/deployments/my-gpt/chat/completions");
  });

  it("embeds with the deployment that is there for it", async () => {
    const { embeddings } = await llm.embed({ values: ["a", "b"] });
    expect(embeddings).toHaveLength(2);
    expect(JSON.stringify(mock.getLastRequest())).toContain("my-embedder");
  });

  it.each([
    [{ rateLimitRate: 1 }, { kind: "rate-limit", status: 429, retryAfter: expect.any(Number) }],
    [{ dropRate: 1 }, { kind: "server", status: 500 }],
    [{ disconnectRate: 1 }, { kind: "connection" }],
    [{ malformedRate: 1 }, { kind: "malformed-response" }],
  ])("tells chaos for what it is: %j", async (chaos, expected) => {
    mock.onMessage("Hi", { content: "Hello" });
    mock.setChaos(chaos);
    await expect(llm.generate({ messages: hi })).rejects.toMatchObject({
      ...expected,
      provider: "azure",
      model: "my-gpt",
    });
    await expect(collect(llm.stream({ messages: hi }))).rejects.toMatchObject(expected);
  });

  it("holds a conversation with tools", async () => {
    mock.on(
      { userMessage: "weather", hasToolResult: false },
      { toolCalls: [{ name: "weather", arguments: '{"city":"Oslo"}' }] },
    );
    mock.on({ userMessage: "weather", hasToolResult: true }, { content: "Cold" });
    const tools = [
      { name: "weather", inputSchema: { type: "object", properties: { city: { type: "string" } } } },
    ] as const;
    const messages: Message[] = [{ role: "user", content: "The weather?" }];
    const first = await collect(llm.stream({ messages, tools }));
    const [call] = first.toolCalls;
    expect(call).toMatchObject({ name: "weather", input: { city: "Oslo" } });
    const result = { type: "tool-result", toolCallId: call!.id, output: "3 °C" } as const;
    const second = await llm.generate({
      messages: [...messages, first.message, { role: "tool", content: [result] }],
      tools,
    });
    expect(second.text).toBe("Cold");
  });
});

describe("what is sent", () => {
  let server: ReplayServer;
  beforeAll(async () => {
    server = await ReplayServer.start();
  });
  afterAll(() => server.stop());

  const answer = (body: unknown, wire: Recording["wire"] = "json", status = 200): Recording => ({
    id: "own",
    provider: "azure",
    api: "chat",
    scenario: "own",
    wire,
    request: {},
    response: { status, body },
    expected: undefined,
  });
  const completion = answer({ id: "c", choices: [{ index: 0, message: { content: "Hello" }, finish_reason: "stop" }] });
  const embedding = answer({ data: [{ index: 0, embedding: [1, 2] }], usage: { prompt_tokens: 1 } });
  const last = (): (typeof server.requests)[number] => server.requests.at(-1)!;
  const make = (path = "", config = {}): LLM =>
    createLLM({ adapters: [azure({ baseURL: server.url + path, apiKey, ...config })] });
  const model = "azure/my-gpt";

  it("names the deployment and the version in the URL, and the key in its own header", async () => {
    server.serve(completion);
    await make().generate({ model, messages: hi, maxTokens: 5, user: "u" });
    expect(last().path).toBe("/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21");
    expect(last().headers["api-key"]).toBe(apiKey);
    expect(last().headers.authorization).toBeUndefined();
    expect(last().body).toEqual({ model: "my-gpt", messages: hi, max_completion_tokens: 5, user: "u" });
  });

  it("takes another version, and an old one at its word", async () => {
    server.serve(completion);
    await make("", { apiVersion: "2024-02-01" }).generate({ model, messages: hi, maxTokens: 5 });
    expect(last().path).toContain("api-version=2024-02-01");
    expect(last().body).toMatchObject({ max_tokens: 5 });
    server.serve(
      answer(
        'data: {"choices":[],"prompt_filter_results":[]}\n\ndata: {"id":"c","choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
        "sse",
      ),
    );
    await collect(make("", { apiVersion: "2024-02-01" }).stream({ model, messages: hi }));
    expect(last().body).not.toHaveProperty("stream_options");
    await collect(make().stream({ model, messages: hi }));
    expect(last().body).toMatchObject({ stream_options: { include_usage: true } });
    await collect(make().stream({ model, messages: hi, providerOptions: { azure: { data_sources: [] } } }));
    expect(last().body).not.toHaveProperty("stream_options");
  });

  it("goes to the deployment of a full URL, whatever the model is called", async () => {
    server.serve(completion);
    await make("/openai/deployments/from-url/chat/completions?api-version=2024-06-01").generate({
      model,
      messages: hi,
    });
    expect(last().path).toBe("/openai/deployments/from-url/chat/completions?api-version=2024-06-01");
  });

  it("goes to the v1 API where the URL says so, without a date", async () => {
    server.serve(completion);
    await make("/openai/v1/", { apiVersion: "2024-10-21" }).generate({ model, messages: hi });
    expect(last()).toMatchObject({
      path: "/openai/v1/chat/completions",
      body: { model: "my-gpt" },
      headers: { "api-key": apiKey },
    });
    expect(last().headers.authorization).toBeUndefined();
    await make("/openai/v1", { apiVersion: "preview" }).generate({ model, messages: hi });
    expect(last().path).toBe("/openai/v1/chat/completions?api-version=preview");
  });

  it("takes the v1 API for Responses, unless a version was asked for", async () => {
    server.serve(answer({ id: "r", object: "response", status: "completed", output: [] }));
    await make("", { api: "responses" }).generate({ model, messages: hi });
    expect(last()).toMatchObject({ path: "/openai/v1/responses", body: { model: "my-gpt" } });
    await make("", { api: "responses", apiVersion: "2025-03-01-preview" }).generate({ model, messages: hi });
    expect(last().path).toBe("/openai/responses?api-version=2025-03-01-preview");
  });

  it("embeds with its own deployment", async () => {
    server.serve(embedding);
    await make("", { embeddingDeployment: "emb" }).embed({ model, values: ["a"] });
    expect(last().path).toBe("/openai/deployments/emb/embeddings?api-version=2024-10-21");
    await make("/openai/deployments/chat/chat/completions").embed({ model: "azure/emb-2", values: ["a"] });
    expect(last().path).toBe("/openai/deployments/emb-2/embeddings?api-version=2024-10-21");
    await make("/openai/deployments/emb-3/embeddings").embed({ model, values: ["a"] });
    expect(last().path).toBe("/openai/deployments/emb-3/embeddings?api-version=2024-10-21");
  });

  it("takes the API that the URL is for", async () => {
    server.serve(answer({ id: "c", choices: [{ index: 0, text: "Hello", finish_reason: "stop" }] }));
    const url = "/openai/deployments/base/completions?api-version=2024-06-01";
    expect((await make(url).generate({ model, messages: hi })).text).toBe("Hello");
    expect(last()).toMatchObject({ path: url, body: { model: "base", prompt: "Hi" } });
    await make("", { api: "completions" }).generate({ model, messages: hi });
    expect(last().path).toBe("/openai/deployments/my-gpt/completions?api-version=2024-10-21");
    server.serve(answer({ id: "r", object: "response", status: "completed", output: [] }));
    await make("/openai/v1/responses").generate({ model, messages: hi });
    expect(last().path).toBe("/openai/v1/responses");
  });

  it.each(["", "/openai/v1"])("signs in with Microsoft Entra ID where there is no key (%s)", async (path) => {
    server.serve(completion);
    const credential = { getToken: async () => ({ token: "entra-token", expiresOnTimestamp: Date.now() + 3_600_000 }) };
    await make(path, { apiKey: undefined, credential }).generate({ model, messages: hi });
    expect(last().headers).toMatchObject({ authorization: "Bearer entra-token" });
    expect(last().headers["api-key"]).toBeUndefined();
    await make(path, { apiKey: undefined, azureADTokenProvider: async () => "given" }).generate({
      model,
      messages: hi,
    });
    expect(last().headers).toMatchObject({ authorization: "Bearer given" });
  });

  it("a token that can't be had is told as such", async () => {
    const credential = { getToken: () => Promise.reject(new Error("az login")) };
    await expect(make("", { apiKey: undefined, credential }).generate({ model, messages: hi })).rejects.toMatchObject({
      kind: "authentication",
      message: expect.stringContaining("az login"),
    });
  });

  it("goes through a client that is handed in", async () => {
    server.serve(completion);
    const client = new AzureOpenAI({ apiKey, endpoint: server.url, apiVersion: "2024-08-01-preview" });
    await createLLM({ adapters: [azure({ client })] }).generate({ model, messages: hi });
    expect(last().path).toBe("/openai/deployments/my-gpt/chat/completions?api-version=2024-08-01-preview");
  });

  it("a wrong key, and a wrong path", async () => {
    server.serve(
      answer(
        { error: { code: "401", message: "Access denied due to invalid subscription key or wrong API endpoint." } },
        "json",
        401,
      ),
    );
    await expect(make().generate({ model, messages: hi })).rejects.toMatchObject({
      kind: "authentication",
      status: 401,
    });
    server.serve(answer({ error: { code: "404", message: "Resource not found" } }, "json", 404));
    await expect(make().generate({ model, messages: hi })).rejects.toMatchObject({
      kind: "not-found",
      message: expect.stringContaining(`${server.url}/openai`),
    });
  });
});

describe("configuration", () => {
  it("needs an endpoint, and says so", () => {
    expect(() => azure().createBackend({ variables: {} })).toThrow(/AZURE_OPENAI_ENDPOINT/);
    azure().createBackend({ variables: { AZURE_OPENAI_ENDPOINT: "https://acme.openai.azure.com" } });
  });

  it("is known by its older names", () => {
    expect(azure.aliases).toEqual(expect.arrayContaining(["azure_openai", "azureopenai"]));
  });
});
