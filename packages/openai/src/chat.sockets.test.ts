import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { LLMock } from "@copilotkit/aimock";
import { collect, createLLM, type LLM, type Message, type StreamEvent, type Tool } from "@llmux/core";
import { outcomeOf, type Recording, ReplayServer } from "@llmux/test-support";
import { OpenAI } from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openai } from "./index.js";

const model = "openai/gpt-4o";
const apiKey = "sk-test-0123456789abcdef";
const hi: Message[] = [{ role: "user", content: "Hi" }];

describe("against a provider of somebody else's making", () => {
  const mock = new LLMock({ port: 0 });
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

  const weather: Tool = {
    name: "weather",
    description: "Tells the weather",
    inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  };

  it("answers, and streams the very same", async () => {
    mock.onMessage("Hi", { content: "Hello, you there. 🙂" });
    const whole = await llm.generate({ model, messages: hi });
    const streamed = await collect(llm.stream({ model, messages: hi }));
    expect(whole.text).toBe("Hello, you there. 🙂");
    for (const key of ["content", "text", "toolCalls", "usage", "finishReason"] as const) {
      expect({ ...(streamed[key] as object), raw: 0 }).toEqual({ ...(whole[key] as object), raw: 0 });
    }
    expect(whole.finishReason).toEqual({ unified: "stop", raw: "stop" });
    expect(whole.usage.inputTokens.total).toBeGreaterThan(0);
    expect(whole.response.requestId).toBeTruthy();
    expect(streamed.response.headers?.["content-type"]).toContain("text/event-stream");
  });

  it.each(["generate", "stream"] as const)("holds a conversation with tools: %s", async (how) => {
    mock.on(
      { userMessage: "weather", hasToolResult: false },
      {
        toolCalls: [
          { name: "weather", arguments: '{"city":"Oslo"}' },
          { name: "weather", arguments: '{"city":"Rome"}' },
        ],
      },
    );
    mock.on({ userMessage: "weather", hasToolResult: true }, { content: "Oslo is cold, Rome is warm." });
    const ask = (messages: Message[]): ReturnType<LLM["generate"]> =>
      how === "generate"
        ? llm.generate({ model, messages, tools: [weather] })
        : collect(llm.stream({ model, messages, tools: [weather] }));
    const messages: Message[] = [{ role: "user", content: "How is the weather?" }];
    const first = await ask(messages);
    expect(first.finishReason.unified).toBe("tool-calls");
    expect(first.toolCalls.map(({ name, input }) => [name, input])).toEqual([
      ["weather", { city: "Oslo" }],
      ["weather", { city: "Rome" }],
    ]);
    const results = first.toolCalls.map(({ id }) => ({
      type: "tool-result" as const,
      toolCallId: id,
      output: { degrees: 3 },
    }));
    const second = await ask([...messages, first.message, { role: "tool", content: results }]);
    expect(second.text).toBe("Oslo is cold, Rome is warm.");
    const { messages: sent } = mock.getLastRequest()!.body as { messages: object[] };
    expect(sent.slice(1)).toMatchObject([
      {
        role: "assistant",
        tool_calls: [{ id: first.toolCalls[0]?.id, type: "function" }, { id: first.toolCalls[1]?.id }],
      },
      { role: "tool", tool_call_id: first.toolCalls[0]?.id, content: '{"degrees":3}' },
      { role: "tool", tool_call_id: first.toolCalls[1]?.id },
    ]);
  });

  it("embeds", async () => {
    const { embeddings, usage } = await llm.embed({ model: "openai/text-embedding-3-small", values: ["a", "b", "c"] });
    expect(embeddings).toHaveLength(3);
    expect(embeddings[0]).toBeInstanceOf(Float32Array);
    expect(embeddings[0]).not.toEqual(embeddings[1]);
    expect(usage.inputTokens.total).toBeTypeOf("number");
  });

  it("lists models", async () => {
    const models = await llm.listModels({ provider: "openai" });
    expect(models.length).toBeGreaterThan(0);
    expect(models[0]?.id).toMatch(/^openai\//);
  });

  it.each([
    [
      "a rate limit",
      { rateLimitRate: 1 },
      { kind: "rate-limit", status: 429, retryable: true, retryAfter: expect.any(Number) },
    ],
    ["a server error", { dropRate: 1 }, { kind: "server", status: 500, retryable: true }],
    ["a broken connection", { disconnectRate: 1 }, { kind: "connection", retryable: true }],
    ["malformed JSON", { malformedRate: 1 }, { kind: "malformed-response" }],
  ] as const)("tells %s", async (_, chaos, expected) => {
    mock.onMessage("Hi", { content: "Hello" });
    mock.setChaos(chaos);
    const requests = mock.getRequests().length;
    for (const run of [llm.generate({ model, messages: hi }), llm.stream({ model, messages: hi })]) {
      const outcome = await outcomeOf(run as AsyncIterable<StreamEvent>);
      expect(outcome).toMatchObject({ kind: "error", error: { ...expected, provider: "openai", model: "gpt-4o" } });
    }
    // The SDK's own retries are off.
    expect(mock.getRequests().length - requests).toBeLessThanOrEqual(2);
  });

  it("never takes a cut stream for a whole one", async () => {
    mock.onMessage(
      "Hi",
      { content: "One two three four five six seven eight" },
      { chunkSize: 4, truncateAfterChunks: 3 },
    );
    const outcome = await outcomeOf(llm.stream({ model, messages: hi }));
    expect(outcome).toMatchObject({ kind: "error", error: { kind: "connection", retryable: true } });
    if (outcome.kind === "error")
      expect("One two three four five six seven eight").toContain(outcome.error.partial?.text);
  });
});

describe("the socket", () => {
  /** A server that streams without end, and says when its connections close. */
  async function endless(): Promise<{ url: string; closed: Promise<void>; stop(): void }> {
    let close = (): void => undefined;
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    const chunk = `data: ${JSON.stringify({ id: "x", choices: [{ index: 0, delta: { content: "la " } }] })}\n\n`;
    const server = createServer((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const timer = setInterval(() => response.write(chunk), 5);
      response.on("close", () => {
        clearInterval(timer);
        close();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    return { url, closed, stop: () => void server.close() };
  }

  it("is closed when the loop is left", async () => {
    const { url, closed, stop } = await endless();
    const llm = createLLM({ adapters: [openai({ baseURL: url })] });
    for await (const event of llm.stream({ model, messages: hi })) if (event.type === "text-delta") break;
    await closed;
    stop();
  });

  it("is closed on abort, which is told as such", async () => {
    const { url, closed, stop } = await endless();
    const llm = createLLM({ adapters: [openai({ baseURL: url })] });
    const controller = new AbortController();
    const read = async (): Promise<void> => {
      for await (const event of llm.stream({ model, messages: hi, signal: controller.signal })) {
        if (event.type === "text-delta") controller.abort();
      }
    };
    await expect(read()).rejects.toMatchObject({ kind: "aborted", retryable: false });
    await closed;
    stop();
  });

  it("that nobody listens on is a connection error that says where", async () => {
    const llm = createLLM({ adapters: [openai({ baseURL: "http://127.0.0.1:9/v1" })] });
    await expect(llm.generate({ model, messages: hi })).rejects.toMatchObject({
      kind: "connection",
      message: expect.stringContaining("http://127.0.0.1:9/v1/chat/completions"),
    });
  });
});

describe("what is sent", () => {
  let server: ReplayServer;
  beforeAll(async () => {
    server = await ReplayServer.start();
  });
  afterAll(() => server.stop());

  const answer = (wire: Recording["wire"], body: unknown, status = 200, headers = {}): Recording => ({
    id: "own",
    provider: "openai",
    api: "chat",
    scenario: "own",
    wire,
    request: {},
    response: { status, headers, body },
    expected: undefined,
  });
  const completion = answer("json", {
    id: "c",
    choices: [{ index: 0, message: { content: "Hello" }, finish_reason: "stop" }],
  });
  const openaiItself = (config = {}): LLM => {
    const fetch = (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
      globalThis.fetch(String(url).replace("https://api.openai.com", server.url), init);
    return createLLM({ adapters: [openai({ apiKey, fetch, ...config })] });
  };
  const everything = {
    messages: hi,
    maxTokens: 9,
    temperature: 0.5,
    stopSequences: ["END"],
    seed: 7,
    user: "u1",
    cacheKey: "k1",
    reasoning: { effort: "low" },
    headers: { "x-extra": "1" },
  } as const;

  it("goes to OpenAI in its newest words", async () => {
    server.serve(completion);
    await openaiItself({ organization: "org-1", project: "proj_1", headers: { "x-mine": "2" } }).generate({
      model,
      ...everything,
    });
    expect(server.requests.at(-1)).toMatchObject({
      path: "/v1/chat/completions",
      headers: {
        authorization: `Bearer ${apiKey}`,
        "openai-organization": "org-1",
        "openai-project": "proj_1",
        "x-mine": "2",
        "x-extra": "1",
        "x-stainless-retry-count": "0",
      },
    });
    expect(server.requests.at(-1)?.body).toEqual({
      model: "gpt-4o",
      messages: hi,
      max_completion_tokens: 9,
      temperature: 0.5,
      stop: ["END"],
      seed: 7,
      safety_identifier: "u1",
      prompt_cache_key: "k1",
      reasoning_effort: "low",
    });
  });

  it("goes to another server in the words that all know, and without a key where there is none", async () => {
    server.serve(completion);
    const llm = createLLM({ adapters: [openai({ baseURL: `${server.url}/v1` })] });
    await llm.generate({ model, ...everything });
    const { headers, body } = server.requests.at(-1)!;
    expect(headers.authorization).toBeUndefined();
    expect(body).toMatchObject({ max_tokens: 9, user: "u1" });
  });

  it("asks for usage in streams, and provider options win", async () => {
    server.serve(
      answer(
        "sse",
        'data: {"id":"c","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
      ),
    );
    await collect(
      openaiItself().stream({
        model,
        messages: hi,
        temperature: 1,
        providerOptions: { openai: { temperature: 0, store: true } },
      }),
    );
    expect(server.requests.at(-1)?.body).toEqual({
      model: "gpt-4o",
      messages: hi,
      temperature: 0,
      store: true,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it("takes the Responses API where the model, a tool or the caller needs it", async () => {
    server.serve(answer("json", { id: "r", object: "response", status: "completed", output: [] }));
    const llm = openaiItself();
    const search = { type: "provider", provider: "openai", value: { type: "web_search" } } as const;
    await llm.generate({ model: "openai/o3-pro", messages: hi });
    await llm.generate({ model: "gpt-5-codex", messages: hi });
    await llm.generate({ model, messages: hi, tools: [search] });
    await llm.generate({ model, messages: hi, providerOptions: { openai: { api: "responses" } } });
    await openaiItself({ api: "responses" }).generate({ model, messages: hi });
    expect(server.requests.slice(-5).map(({ path }) => path)).toEqual(Array(5).fill("/v1/responses"));
  });

  it("goes through a client that is handed in, without its retries", async () => {
    server.serve(answer("json", { error: { message: "busy" } }, 500));
    const before = server.requests.length;
    const client = new OpenAI({ apiKey: "sk-client", baseURL: `${server.url}/v1`, maxRetries: 5 });
    const llm = createLLM({ adapters: [openai({ client })] });
    await expect(llm.generate({ model, messages: hi })).rejects.toMatchObject({ kind: "server", status: 500 });
    expect(server.requests.length).toBe(before + 1);
    expect(server.requests.at(-1)?.headers.authorization).toBe("Bearer sk-client");
  });

  it.each([
    ["HTML under a 200", 200, "<html>Login</html>", "malformed-response"],
    ["an empty body", 200, "", "malformed-response"],
    ["JSON of another shape", 200, "{}", "malformed-response"],
    ["a page of a wrong URL", 404, "<html>nginx</html>", "not-found"],
    ["a gateway's page", 502, "<html>Bad gateway</html>", "server"],
  ])("%s is told with the URL that was asked", async (_, status, body, kind) => {
    server.serve(answer("json", body, status));
    const run = openaiItself().generate({ model, messages: hi });
    await expect(run).rejects.toMatchObject({
      kind,
      message: expect.stringMatching(body === "{}" ? /not a chat completion/ : /chat\/completions/),
    });
    server.serve(answer("json", body, status));
    await expect(collect(openaiItself().stream({ model, messages: hi }))).rejects.toMatchObject({ kind });
  });

  it("a page where a stream was asked for is told as one, and a stream that is labelled JSON is read", async () => {
    server.serve(answer("json", "<html>Login</html>", 200, { "content-type": "text/html" }));
    await expect(collect(openaiItself().stream({ model, messages: hi }))).rejects.toMatchObject({
      kind: "malformed-response",
      message: expect.stringContaining("<html>"),
    });
    const chunk = { id: "c", choices: [{ index: 0, delta: { content: "Hello" }, finish_reason: "stop" }] };
    server.serve(answer("json", `: hi\n\ndata: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`));
    expect((await collect(openaiItself().stream({ model, messages: hi }))).text).toBe("Hello");
  });

  it("keeps keys out of errors", async () => {
    server.serve(
      answer("json", { error: { message: `Incorrect API key provided: ${apiKey}`, code: "invalid_api_key" } }, 401),
    );
    const error = await openaiItself()
      .generate({ model, messages: hi })
      .catch((error: unknown) => error as Error);
    expect(error).toMatchObject({ kind: "authentication" });
    const { inspect } = await import("node:util");
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(apiKey);
  });

  it("reads on behind the end marker, so that the connection serves the next call", async () => {
    const sockets = new Set<unknown>();
    const done = createServer((request, response) => {
      sockets.add(request.socket);
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(
        'data: {"id":"c","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
      );
      setImmediate(() => response.end());
    });
    await new Promise<void>((resolve) => done.listen(0, "127.0.0.1", resolve));
    const baseURL = `http://127.0.0.1:${(done.address() as AddressInfo).port}/v1`;
    const llm = createLLM({ adapters: [openai({ baseURL })] });
    for (let call = 0; call < 4; call++) {
      await collect(llm.stream({ model, messages: hi }));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(sockets.size).toBe(1);
    done.closeAllConnections();
    done.close();
  });
});

describe("configuration", () => {
  it("needs a key for OpenAI, and for nobody else", () => {
    expect(() => openai().createBackend({ variables: {} })).toThrow(/OPENAI_API_KEY/);
    openai({ baseURL: "http://localhost:8000/v1" }).createBackend();
    openai().createBackend({ variables: { OPENAI_API_KEY: apiKey } });
  });
});
